// The image is replaced: the server of another name for the image takes over the data volume, as Compose does
// it when the line `image:` has changed.
#include <fmt/format.h>

#include "testing/by_hand.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"
#include "testing/session.hpp"

namespace rootseal::scenarios::new_image {
namespace {

class NewImage : public Scenario {
 protected:
  using Entries = std::map<std::uint64_t, std::string>;

  Entries write_into(const RequestedStack& stack, const service::Ledger& ledger) {
    auto rng = random();
    Entries entries;
    ledger.create(stack.target(), stack.container(), own_name());
    const auto writer = ledger.writer(stack.target(), own_name());
    for (std::uint64_t number = 1; number <= 100; ++number) {
      entries[number] = random_text(rng, 20 + rng() % 200);
      EXPECT_TRUE(writer->append(number, entries[number], deadline()))
          << "entry " << number << " was not acknowledged before the image was replaced";
    }
    return entries;
  }
  [[nodiscard]] std::string image_id() const {
    const auto facts = Session::instance().docker().image(stack().image);
    if (!facts) environment_fault(stack().image + " is no longer on the engine");
    return facts->id;
  }
};

TEST_P(NewImage, FindsTheData) {
  const service::Ledger* ledger = service().ledger();
  if (ledger == nullptr) not_here("keeps no ledger");
  const std::string id = image_id();
  auto first = request_stack("old-image");
  const Entries written = write_into(first, *ledger);
  first.stop(core::Milliseconds(30'000));
  const std::string data = first.release();
  attempt("another `image:` in the Compose file, docker compose up -d", [&]() -> std::string {
    const auto second = request_stack(
        "new-image",
        {.overrides = {fmt::format("services: {{server: {{image: \"{}\"}}}}\n", id)}, .data = data});
    const auto runs = docker({{"inspect", "--format", "{{.Config.Image}}", second.container().id()}});
    const auto why = why_not_said(runs, id);
    if (!why.empty()) return why;
    const Entries found = ledger->read(second.target(), own_name());
    std::set<std::uint64_t> acknowledged;
    for (const auto& [number, payload] : written) acknowledged.insert(number);
    const auto expected = [&](std::uint64_t number) {
      const auto entry = written.find(number);
      return entry == written.end() ? std::string() : entry->second;
    };
    return shortened(compare_journal(acknowledged, written.size(), expected, found));
  });
}

ROOTSEAL_LONGER_SCENARIOS(workflow, NewImage, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::new_image
