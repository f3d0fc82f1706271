// run/fake_database: for unit tests: a service of which only the description is asked. Not registered.
// Values.
#pragma once

#include <map>
#include <string>

#include "service/service.hpp"

namespace rootseal::run {

class Database final : public service::Service {
 public:
  Database() { description_.name = "db"; }
  [[nodiscard]] const service::Description& description() const override { return description_; }
  [[nodiscard]] std::string version(const std::map<std::string, std::string>&) const override { return ""; }
  [[nodiscard]] std::map<std::string, core::Secret> secret_files(const core::Secret&) const override {
    return {};
  }
  [[nodiscard]] std::string probe(const service::Target&, const core::Deadline&) const override { return ""; }
  [[nodiscard]] std::map<std::string, std::string> settings(const service::Target&,
                                                            const engine::Container&) const override {
    return {};
  }
  void quiesce(const service::Target&) const override {}
  [[nodiscard]] std::string provoke_log_line(const service::Target&,
                                             const std::string& token) const override {
    return token;
  }

 private:
  service::Description description_;
};

}  // namespace rootseal::run
