#include "service/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "services/rabbitmq/ctl.hpp"
#include "services/rabbitmq/ledger.hpp"

namespace rootseal::rabbitmq::service_test {
namespace {
using testing::HasSubstr;

const service::Service& self() { return service::find("rabbitmq"); }

TEST(RabbitMqService, TakesMajorAndMinorFromTheImagesEnvironment) {
  EXPECT_EQ(self().version({{"RABBITMQ_VERSION", "3.10.8"}}), "3.10");
  EXPECT_EQ(self().version({{"RABBITMQ_VERSION", "4"}}), "4");
  EXPECT_EQ(self().version({}), "");
}

TEST(RabbitMqService, ThePasswordFileHoldsThePasswordAloneAndTheConfigurationMakesTheUser) {
  const auto files = self().secret_files(core::Secret("geheim"));
  EXPECT_EQ(files.at("password").reveal(), "geheim");
  EXPECT_THAT(files.at("20-user.conf").reveal(),
              AllOf(HasSubstr("default_user = rootseal\n"), HasSubstr("default_pass = geheim\n")));
}

TEST(RabbitMqService, AServerThatIsNotThereIsAReasonNotAnException) {
  service::Target nobody;
  nobody.port = 1;
  EXPECT_THAT(self().probe(nobody, core::Deadline::after(core::Milliseconds(2'000))),
              HasSubstr("connecting: "));
}

TEST(RabbitMqLedger, AnEntryComesBackFromItsMessage) {
  const auto entry = from_message(to_message({7, "line one\nline two"}));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->number, 7U);
  EXPECT_EQ(entry->payload, "line one\nline two");
}

TEST(RabbitMqLedger, EntriesOfOneWriterComeInTheirOrderAndEachOnce) {
  Arrivals arrivals;
  EXPECT_EQ(arrivals.wrong("a", 1), "");
  EXPECT_EQ(arrivals.wrong("b", 3), "");
  EXPECT_EQ(arrivals.wrong("a", 2), "") << "it waited on a connection that was blocked";
  EXPECT_EQ(arrivals.wrong("b", 3), "entry 3 is there twice");
  EXPECT_EQ(arrivals.wrong("b", 5), "");
  EXPECT_EQ(arrivals.wrong("b", 4), "entry 4 comes after entry 5");
}

TEST(RabbitMqService, SaysUpToWhichSizeItsVersionWritesBeforeItConfirms) {
  EXPECT_EQ(self().written_before_acknowledged("3.10"), std::numeric_limits<std::size_t>::max());
  EXPECT_LT(self().written_before_acknowledged("4.0"), 4'096U);
}

TEST(RabbitMqLedger, AnAlteredMessageIsNoEntry) {
  auto message = to_message({7, "payload"});
  message.back() = 'x';
  EXPECT_FALSE(from_message(message));
  EXPECT_FALSE(from_message("8" + to_message({7, "payload"}).substr(1)));
  EXPECT_FALSE(from_message(""));
  EXPECT_FALSE(from_message("no entry"));
}

TEST(RabbitMqSettings, AreReadFromWhatTheBrokerPrintsLeavingOutProcesses) {
  // "log.console enabled\ntcp_listeners [{\"auto\",5672}]\nguide <0.1.0>\n"
  EXPECT_THAT(parse_settings(
                  "<<\"bG9nLmNvbnNvbGUgZW5hYmxlZAp0Y3BfbGlzdGVuZXJzIFt7ImF1dG8iLDU2NzJ9XQpndWlkZSA8MC4xLjA+"
                  "Cg==\">>\n"),
              testing::ElementsAre(std::pair("log.console", "enabled"),
                                   std::pair("tcp_listeners", "[{\"auto\",5672}]")));
  EXPECT_TRUE(parse_settings("Error: nothing").empty());
}

}  // namespace
}  // namespace rootseal::rabbitmq::service_test
