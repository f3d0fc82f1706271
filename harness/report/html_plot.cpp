#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/html.hpp"

namespace rootseal::report {
namespace {

using record::Comparison;
using record::Interval;

// A fixed scale, so that rows of different workloads can be compared by eye.
constexpr double kWidth = 220;
constexpr double kMiddle = kWidth / 2;
constexpr double kFarthest = 1.25;  // and 1 / 1.25
constexpr double kEdge = 6;         // kept free for arrows
constexpr double kLine = 11;        // where the interval is drawn, from the top

// Left is worse, whatever the metric.
double place(double ratio, const std::string& better) {
  const double good = better == "lower" ? 1 / ratio : ratio;
  return kMiddle + std::log(good) / std::log(kFarthest) * (kMiddle - kEdge);
}

double kept_inside(double x) { return std::clamp(x, kEdge, kWidth - kEdge); }

std::string number(double value) { return fmt::format("{:.1f}", value); }

Markup line(double from, double to, double y, const std::string& css) {
  return element(
      "line", {},
      {{"class", css}, {"x1", number(from)}, {"x2", number(to)}, {"y1", number(y)}, {"y2", number(y)}});
}

// Points to where it goes on.
Markup arrow(double x) {
  const double tip = x < kMiddle ? 0.5 : kWidth - 0.5;
  const double back = x < kMiddle ? kEdge : kWidth - kEdge;
  return element(
      "polygon", {},
      {{"class", "here"},
       {"points", fmt::format("{},{} {},{} {},{}", tip, kLine, back, kLine - 4, back, kLine + 4)}});
}

struct Span {
  double from, to;
};

Span span_of(const Interval& interval, const std::string& better) {
  const double a = place(interval.ci_low, better);
  const double b = place(interval.ci_high, better);
  return {std::min(a, b), std::max(a, b)};
}

bool can_be_drawn(const Interval& interval) { return interval.ci_low > 0 && interval.ratio > 0; }

Markup interval_of(const Interval& interval, const std::string& better) {
  const Span span = span_of(interval, better);
  Markup out = line(kept_inside(span.from), kept_inside(span.to), kLine, "here");
  for (const double end : {span.from, span.to}) {
    if (end != kept_inside(end)) out += arrow(end);
  }
  const double middle = place(interval.ratio, better);
  if (middle == kept_inside(middle))
    out += element("circle", {},
                   {{"class", "here"}, {"cx", number(middle)}, {"cy", number(kLine)}, {"r", "3.5"}});
  return out;
}

Markup drawing(const Markup& inside, const char* height) {
  return element("svg", inside,
                 {{"xmlns", "http://www.w3.org/2000/svg"},
                  {"class", "forest"},
                  {"width", "220"},
                  {"height", height},
                  {"viewBox", fmt::format("0 0 220 {}", height)},
                  {"aria-hidden", "true"},
                  {"focusable", "false"}});
}

Markup one() {
  return element(
      "line", {},
      {{"class", "one"}, {"x1", number(kMiddle)}, {"x2", number(kMiddle)}, {"y1", "0"}, {"y2", "22"}});
}

}  // namespace

Markup forest_row(const Comparison& row) {
  Markup inside;
  if (row.margin > 0) {
    const Span band = span_of({1, 1 / (1 + row.margin), 1 + row.margin}, row.better);
    inside += element("rect", {},
                      {{"class", "margin"},
                       {"x", number(band.from)},
                       {"width", number(band.to - band.from)},
                       {"y", "0"},
                       {"height", "22"}});
  }
  inside += one();
  if (row.twin && can_be_drawn(*row.twin)) {
    const Span twin = span_of(*row.twin, row.better);
    inside += line(kept_inside(twin.from), kept_inside(twin.to), kLine, "twin");
  }
  if (row.interval && can_be_drawn(*row.interval)) inside += interval_of(*row.interval, row.better);
  return drawing(inside, "22");
}

Markup forest_scale() {
  Markup inside;
  for (const double ratio : {0.8, 0.9, 1.0, 1.1, 1.25}) {
    const double x = place(ratio, "higher");
    inside +=
        element("text", Markup::text(fmt::format("{:g}", ratio)),
                {{"x", number(std::clamp(x, 12.0, kWidth - 14))}, {"y", "20"}, {"text-anchor", "middle"}});
  }
  inside += element("text", Markup::text("slower"), {{"x", "2"}, {"y", "8"}});
  inside += element("text", Markup::text("faster"),
                    {{"x", number(kWidth - 2)}, {"y", "8"}, {"text-anchor", "end"}});
  return drawing(inside, "22");
}

}  // namespace rootseal::report
