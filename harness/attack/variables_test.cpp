#include "attack/variables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "core/error.hpp"

namespace rootseal::attack::variables_test {
namespace {

class VariablesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "rootseal-variables-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    variables_.payloads = name;
    std::ofstream(variables_.payloads / "P-15.so", std::ios::binary) << std::string(
        "\x7f"
        "E\x00\xff",
        4);
    variables_.values = {{"id", "G01"}, {"version", "15"}, {"empty", ""}};
  }
  void TearDown() override { std::filesystem::remove_all(variables_.payloads); }
  Variables variables_;
};

TEST_F(VariablesTest, ValuesArePutInPlace) {
  EXPECT_EQ(expanded("/x/${id}-${id}.so", variables_), "/x/G01-G01.so");
  EXPECT_EQ(expanded("no variable: {} $1 }", variables_), "no variable: {} $1 }");
}

TEST_F(VariablesTest, InnerOnesComeFirst) {
  EXPECT_EQ(expanded("<${hex:P-${version}.so}>", variables_), "<7f4500ff>");
}

TEST_F(VariablesTest, WhatHasNoValueIsAFault) {
  EXPECT_THROW(static_cast<void>(expanded("${nonesuch}", variables_)), core::HarnessError);
  EXPECT_THROW(static_cast<void>(expanded("${empty}", variables_)), core::HarnessError);
  EXPECT_THROW(static_cast<void>(expanded("${hex:absent}", variables_)), core::HarnessError);
  EXPECT_THROW(static_cast<void>(expanded("${hex:../P-15.so}", variables_)), core::HarnessError);
}

TEST_F(VariablesTest, EveryTextOfAnAttackIsFilledIn) {
  Definition definition;
  definition.action = {{Step::Kind::exec, {"${id}"}, "", "${id}"},
                       {Step::Kind::admin, {}, "${id}", std::nullopt}};
  definition.undo = definition.action;
  definition.effects = {{Effect::Kind::file_contains, "/${id}", "${id}"}};
  definition.traces = {"${id}"};
  const Definition filled = expanded(definition, variables_);
  EXPECT_EQ(filled.action[0].argv[0] + *filled.action[0].expect + filled.undo[1].statement, "G01G01G01");
  EXPECT_EQ(filled.effects[0].path + filled.effects[0].value + filled.traces[0], "/G01G01G01");
}

}  // namespace
}  // namespace rootseal::attack::variables_test
