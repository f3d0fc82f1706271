// postgres/backup_scenario: what the scenarios of backups share: a source with something of everything, and
// the comparison of what came out of a backup with it.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>

#include "postgres/database_digests.hpp"
#include "postgres/own_database.hpp"
#include "postgres/shop_database.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {

// A database on some stack, its roles, and what it consists of. Dropped with this.
struct BackupSource {
  BackupSource(const service::Target& administrator, const std::string& name, int rows, std::uint64_t seed,
               const core::Deadline& deadline)
      : roles(administrator, name), database(administrator, name) {
    auto connection = database.connect();
    ShopDatabase(roles, rows, seed).make(connection, deadline);
    digests = digests_of(connection, deadline);
  }
  ShopRoles roles;
  OwnDatabase database;
  Digests digests;
};

// What a ShopDatabase has at least one of, as digests_of() calls it.
inline constexpr const char* kKindsInAShop[] = {
    "table",       "index",  "view",        "materialized view", "sequence",
    "constraint",  "column", "comment on",  "partition",         "function",
    "trigger",     "policy", "enumeration", "privileges on",     "default privileges",
    "large object"};

class BackupScenario : public Scenario {
 protected:
  [[nodiscard]] std::unique_ptr<BackupSource> make_source(const service::Target& administrator) const {
    return std::make_unique<BackupSource>(administrator, own_name(), by_size(500, 2'000, 20'000), random()(),
                                          deadline());
  }

  void expect_same(const Digests& meant, const service::Target& restored, const std::string& how) const {
    postgres::Connection connection(restored, deadline(), {{"options", "-c timezone=UTC -c datestyle=ISO"}});
    const auto found = digests_of(connection, deadline());
    const auto wrong = compare_named({"the", "the source", "the restored database"}, meant, found);
    if (!wrong.empty()) ADD_FAILURE() << how << ": " << shortened(wrong);
    for (const char* kind : kKindsInAShop) {
      const bool there = std::any_of(meant.begin(), meant.end(), [&](const auto& object) {
        return object.first.starts_with(std::string(kind) + " ");
      });
      EXPECT_TRUE(there) << "the source has no " << kind << ": its loss would not have been seen";
    }
    evidence(fmt::format("{}: {} tables and other objects compared, {} differences", how, meant.size(),
                         wrong.size()));
  }
};

}  // namespace rootseal::scenarios
