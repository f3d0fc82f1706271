// verdict/recorded_epochs: what real runs measured, for the tests of verdicts. Each set: PostgreSQL 17 on two
// cores, workload select_one_row, default size, six launches; `readonly` against `baseline`, and the twin in
// five of them. Only the figures that are judged. For verdict/'s tests only; values.
#pragma once

#include <span>
#include <vector>

#include "verdict/sample_epochs.hpp"

namespace rootseal::verdict::recorded {

using sample_parts::kReadonly;
using sample_parts::kTwin;

struct RecordedSide {
  int operations;   // one connection at a time
  double p50, p99;  // microseconds
  int parallel;     // operations of four connections at once, in
  double seconds;
  int steady;  // those of them in blocks without a stall, in
  double steady_seconds;
};

struct RecordedEpoch {
  const char* stack;
  int launch;
  RecordedSide baseline, contender;
};

// clang-format off
// An idle machine, equal sides.
inline constexpr RecordedEpoch kIdleEqual[] = {
    {kReadonly, 1, {5674, 27.07, 130.8, 10016, 0.2486, 9806, 0.2401}, {5674, 27.2, 141.8, 10049, 0.2514, 9822, 0.2398}},
    {kTwin, 1, {8624, 21.95, 55.94, 14650, 0.2489, 14455, 0.2437}, {8624, 22.08, 55.17, 14543, 0.2520, 14364, 0.2430}},
    {kReadonly, 2, {7870, 23.1, 65.15, 11445, 0.2472, 11217, 0.2397}, {7870, 23.1, 65.79, 11282, 0.2532, 11099, 0.2412}},
    {kTwin, 2, {6650, 27.46, 76.54, 12740, 0.2513, 12524, 0.2428}, {6650, 27.84, 79.62, 12789, 0.2518, 12545, 0.2435}},
    {kReadonly, 3, {5940, 31.81, 105.2, 9555, 0.2529, 9305, 0.2407}, {5940, 31.68, 99.58, 9692, 0.2486, 9423, 0.2374}},
    {kTwin, 3, {6908, 25.79, 85.25, 10883, 0.2503, 10720, 0.2459}, {6908, 25.92, 88.83, 10988, 0.2512, 10834, 0.2446}},
    {kTwin, 4, {6108, 31.55, 87.81, 10761, 0.2503, 10671, 0.2481}, {6108, 31.68, 89.86, 10668, 0.2512, 10602, 0.2477}},
    {kReadonly, 4, {6674, 28.22, 83.2, 9842, 0.2508, 9584, 0.2401}, {6674, 27.97, 79.1, 9777, 0.2530, 9609, 0.2404}},
    {kReadonly, 5, {6486, 29.38, 86.27, 10697, 0.2524, 10562, 0.2455}, {6486, 29.12, 77.57, 10637, 0.2513, 10513, 0.2453}},
    {kReadonly, 6, {5732, 32.57, 99.58, 10055, 0.2542, 9770, 0.2370}, {5732, 32.7, 100.1, 9990, 0.2502, 9679, 0.2378}},
    {kTwin, 6, {5764, 33.15, 97.53, 11297, 0.2472, 10687, 0.2268}, {5764, 33.41, 100.6, 10855, 0.2564, 10312, 0.2279}}};

// Three busy loops beside it on two cores, equal sides.
inline constexpr RecordedEpoch kBusyEqual[] = {
    {kReadonly, 1, {1212, 77.06, 3564, 1280, 0.2437, 918, 0.1510}, {1212, 77.57, 3645, 1222, 0.2566, 827, 0.1634}},
    {kTwin, 1, {1030, 80.13, 5652, 1303, 0.2748, 904, 0.1423}, {1030, 80.13, 5587, 1345, 0.2341, 868, 0.1365}},
    {kReadonly, 2, {918, 86.27, 4473, 1730, 0.2575, 1377, 0.1763}, {918, 88.32, 5718, 1727, 0.2531, 1357, 0.1911}},
    {kTwin, 2, {1108, 76.03, 5128, 1244, 0.2543, 845, 0.1441}, {1108, 76.03, 4006, 1294, 0.2506, 869, 0.1428}},
    {kReadonly, 3, {928, 88.32, 5226, 1224, 0.2706, 1036, 0.2078}, {928, 87.81, 5128, 1254, 0.2321, 1039, 0.1819}},
    {kTwin, 3, {980, 88.32, 6242, 1183, 0.2439, 908, 0.1646}, {980, 89.34, 4276, 1202, 0.2713, 907, 0.1765}},
    {kTwin, 4, {976, 84.73, 5751, 984, 0.2538, 684, 0.1405}, {976, 84.73, 5915, 1012, 0.2471, 676, 0.1385}},
    {kReadonly, 4, {1052, 85.25, 3891, 1509, 0.2508, 1379, 0.2118}, {1052, 85.25, 7586, 1538, 0.2634, 1334, 0.2320}},
    {kReadonly, 5, {916, 90.88, 5587, 1313, 0.2479, 1112, 0.2039}, {916, 90.88, 6144, 1257, 0.2719, 1098, 0.2190}},
    {kReadonly, 6, {976, 85.25, 7455, 724, 0.2541, 474, 0.1330}, {976, 85.25, 4186, 793, 0.2510, 520, 0.1301}},
    {kTwin, 6, {940, 84.73, 4637, 1139, 0.2641, 950, 0.1828}, {940, 84.73, 7094, 1086, 0.2468, 892, 0.1864}}};

// The same three loops; the candidate does every second operation twice.
inline constexpr RecordedEpoch kBusyHalfTwice[] = {
    {kReadonly, 1, {734, 92.42, 5849, 784, 0.2266, 630, 0.1479}, {734, 142.8, 7553, 549, 0.2736, 431, 0.1978}},
    {kTwin, 1, {950, 92.42, 5980, 1242, 0.2552, 820, 0.1576}, {950, 91.9, 5128, 1282, 0.2503, 856, 0.1479}},
    {kReadonly, 2, {780, 91.39, 3990, 611, 0.2276, 490, 0.1418}, {780, 137.7, 7553, 517, 0.2825, 390, 0.1740}},
    {kTwin, 2, {1078, 83.2, 5751, 1230, 0.2562, 763, 0.1171}, {1078, 82.69, 4137, 1156, 0.2546, 677, 0.1245}},
    {kReadonly, 3, {882, 84.73, 5915, 936, 0.2351, 553, 0.1021}, {882, 124.2, 7029, 673, 0.2688, 395, 0.1159}},
    {kTwin, 3, {858, 97.02, 5226, 625, 0.2440, 325, 0.0706}, {858, 95.49, 6341, 580, 0.2676, 250, 0.1044}},
    {kTwin, 4, {942, 88.83, 4964, 1101, 0.2498, 817, 0.1503}, {942, 88.32, 5685, 1156, 0.2693, 794, 0.1643}},
    {kReadonly, 4, {732, 91.39, 6767, 979, 0.2069, 829, 0.1574}, {732, 136.7, 4801, 624, 0.2959, 524, 0.2404}},
    {kReadonly, 5, {762, 90.88, 4309, 1057, 0.2337, 844, 0.1554}, {762, 151, 7520, 814, 0.2726, 632, 0.1972}},
    {kReadonly, 6, {826, 84.22, 4022, 721, 0.2110, 583, 0.1454}, {826, 127.2, 6832, 545, 0.2941, 434, 0.1928}},
    {kTwin, 6, {1010, 83.2, 5325, 1589, 0.2579, 1132, 0.1760}, {1010, 83.2, 4538, 1507, 0.2618, 1109, 0.1612}}};
// clang-format on

inline void put(std::map<std::string, double>& figures, const RecordedSide& side) {
  figures["operations"] = side.operations;
  figures["p50"] = side.p50 * 1e-6;
  figures["p99"] = side.p99 * 1e-6;
  figures["parallel_operations"] = side.parallel;
  figures["parallel_seconds"] = side.seconds;
  figures["steady_operations"] = side.steady;
  figures["steady_seconds"] = side.steady_seconds;
}

inline std::vector<record::Epoch> epochs_of(std::span<const RecordedEpoch> recorded) {
  std::vector<record::Epoch> all;
  for (const RecordedEpoch& each : recorded) {
    all.push_back(sample_parts::epoch(each.stack, each.launch));
    put(all.back().baseline, each.baseline);
    put(all.back().contender, each.contender);
  }
  return all;
}

}  // namespace rootseal::verdict::recorded
