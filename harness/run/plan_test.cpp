#include "run/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace rootseal::run::plan_test {
namespace {

TEST(PlacementTest, PutsClientAndServersOnDifferentCpus) {
  const auto placement = place({2, 5, 7});
  EXPECT_EQ(placement.client, std::vector<int>{2});
  EXPECT_EQ(placement.servers, (std::vector<int>{5, 7}));
}

TEST(PlacementTest, PinsNothingWhereThereIsOneCpu) {
  EXPECT_TRUE(place({0}).client.empty());
  EXPECT_TRUE(place({0}).servers.empty());
}

Listed scenario(const std::string& service, bool longer) {
  Listed listed;
  listed.name = "Backup.Restores";
  listed.suite = "recovery";
  listed.service = service;
  listed.longer = longer;
  return listed;
}

Options asked(Size size, const std::string& glob) {
  Options options;
  options.size = size;
  options.scenario_glob = glob;
  return options;
}

TEST(ScenarioTest, TakesPartInItsSuiteOnItsService) {
  const auto all = asked(Size::standard, "*");
  EXPECT_TRUE(takes_part(scenario("", false), "recovery", "db", all));
  EXPECT_TRUE(takes_part(scenario("db", false), "recovery", "db", all));
  EXPECT_FALSE(takes_part(scenario("db", false), "recovery", "broker", all));
  EXPECT_FALSE(takes_part(scenario("", false), "function", "db", all));
  EXPECT_FALSE(takes_part(scenario("", false), "recovery", "db", asked(Size::standard, "Logs.*")));
}

TEST(ScenarioTest, ALongerOneIsNoPartOfAQuickRunUnlessItIsNamedInFull) {
  EXPECT_TRUE(takes_part(scenario("", false), "recovery", "db", asked(Size::quick, "*")));
  EXPECT_FALSE(takes_part(scenario("", true), "recovery", "db", asked(Size::quick, "*")));
  EXPECT_FALSE(takes_part(scenario("", true), "recovery", "db", asked(Size::quick, "Backup.*")));
  EXPECT_TRUE(takes_part(scenario("", true), "recovery", "db", asked(Size::quick, "Backup.Restores")));
  EXPECT_TRUE(takes_part(scenario("", true), "recovery", "db", asked(Size::standard, "*")));
  EXPECT_TRUE(takes_part(scenario("", true), "recovery", "db", asked(Size::full, "Backup.*")));
}

std::string refusal_of(const std::string& glob) {
  try {
    require_plain_glob("--scenario", glob);
  } catch (const core::UsageError& error) {
    return error.what();
  }
  return "";
}

// GoogleTest's filters know * and ? only, so that a set would match here and nothing there.
TEST(GlobTest, WhatTheFrameworksFiltersDoNotKnowIsRefusedAndTheKnownIsNamed) {
  for (const char* glob : {"Logs.[AH]*", "Logs.!*", "Logs.\\*", "{Logs,Crud}.*", "A*:-B*", "a/b", "a b",
                           "a,b", "", "Logs.\xc3\xa4*"}) {
    EXPECT_THAT(refusal_of(glob),
                testing::AllOf(testing::HasSubstr("not a plain glob"),
                               testing::HasSubstr("use letters, digits, '.', '_', '*' and '?'")))
        << glob;
  }
  for (const char* glob : {"*", "Logs.*", "Postgres?rud.Rows_Read2", "publish_burst"}) {
    EXPECT_EQ(refusal_of(glob), "") << glob;
  }
}

TEST(KeepTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(parse_keep("on-failure"), Keep::on_failure);
  EXPECT_THROW(parse_keep("sometimes"), core::UsageError);
}

}  // namespace
}  // namespace rootseal::run::plan_test
