#include "services/postgres/description.hpp"

namespace rootseal::postgres {

const service::Description& description() {
  static const service::Description text = [] {
    service::Description d;
    d.name = "postgres";
    d.title = "PostgreSQL";
    d.kind = "database";
    d.port = 5432;
    d.user = {999, 999};
    d.login = "rootseal";
    d.database = "rootseal";
    d.socket = "/var/run/postgresql";
    d.stop_signals = {"TERM", "INT"};  // smart and fast shutdown
    d.says_full = {"No space left on device"};
    d.official_image = "postgres:17.6-trixie";
    d.facts = {
        // of the newest version; facts(version) has those of another
        {"home", "/var/lib/postgresql"},
        {"data_dir", "/var/lib/postgresql/data"},
        {"config_dir", "/etc/postgresql"},
        {"run_dir", "/var/run/postgresql"},
        {"log_dir", "/var/log/postgresql"},
        {"plugins_dir", "/usr/lib/postgresql/17/lib"},  // $libdir: owned by root
        {"bin_dir", "/usr/lib/postgresql/17/bin"},
        {"share_dir", "/usr/share/postgresql/17"},
        {"init_dir", "/docker-entrypoint-initdb.d"},
    };
    return d;
  }();
  return text;
}

}  // namespace rootseal::postgres
