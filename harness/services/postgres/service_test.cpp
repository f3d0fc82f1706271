#include "service/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/postgres/client.hpp"

namespace rootseal::postgres::service_test {
namespace {

const service::Service& self() { return service::find("postgres"); }

TEST(PostgresService, TakesItsVersionFromTheImagesEnvironment) {
  EXPECT_EQ(self().version({{"PG_MAJOR", "15"}, {"PG_VERSION", "15.14-1"}}), "15");
  EXPECT_EQ(self().version({}), "");
}

TEST(PostgresService, ThePluginsFolderFollowsTheVersion) {
  EXPECT_EQ(self().facts("17").at("plugins_dir"), "/usr/lib/postgresql/17/lib");
  EXPECT_EQ(self().facts("15").at("plugins_dir"), "/usr/lib/postgresql/15/lib");
  EXPECT_EQ(self().facts("15").at("share_dir"), "/usr/share/postgresql/15");
  EXPECT_EQ(self().facts("").at("plugins_dir"), self().description().facts.at("plugins_dir"));
}

TEST(PostgresService, ThePasswordFileHoldsThePasswordAlone) {
  EXPECT_EQ(self().secret_files(core::Secret("geheim")).at("password").reveal(), "geheim");
}

TEST(PostgresService, AServerThatIsNotThereIsAReasonNotAnException) {
  service::Target nobody;
  nobody.subject = "postgres-15/baseline";
  nobody.port = 1;
  EXPECT_THAT(self().probe(nobody, core::Deadline::after(core::Milliseconds(2'000))),
              testing::HasSubstr("onnection refused"));
}

TEST(PostgresClient, AServerThatIsNotThereIsAnObservationNamedWithItsStack) {
  service::Target nobody;
  nobody.subject = "postgres-15/baseline";
  nobody.port = 1;
  nobody.password = core::Secret("geheim");
  try {
    Connection connection(nobody, core::Deadline::after(core::Milliseconds(2'000)));
    FAIL() << "connected";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.sqlstate(), "");
    EXPECT_THAT(error.what(), testing::StartsWith("postgres-15/baseline: connecting: "));
    EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("geheim")));
  }
}

TEST(PostgresQuoting, QuotesIdentifiersAndLiterals) {
  EXPECT_EQ(identifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(literal("it's"), "'it''s'");
  EXPECT_EQ(literal("a\\b"), "E'a\\\\b'");
}

}  // namespace
}  // namespace rootseal::postgres::service_test
