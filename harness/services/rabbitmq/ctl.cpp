#include "services/rabbitmq/ctl.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "services/rabbitmq/description.hpp"

namespace rootseal::rabbitmq {
namespace {

// Of `log`, a long term with every formatter's colours, only which outputs are enabled.
constexpr const char* kSettings = R"(
  {ok, [{application, rabbit, Spec}]} = file:consult(code:where_is_file("rabbit.app")),
  Defaults = proplists:get_value(env, Spec),
  Env = lists:sort(application:get_all_env(rabbit)),
  Outputs = [{list_to_atom("log." ++ atom_to_list(Output)), enabled}
             || {Output, Options} <- proplists:get_value(log, Env, []), is_list(Options),
                proplists:get_value(enabled, Options) =:= true],
  Changed = [{Key, Value} || {Key, Value} <- Env, Key =/= log,
             proplists:get_value(Key, Defaults, '$none') =/= Value,
             re:run(atom_to_list(Key), "pass|secret|cookie|default_user|ssl_options|definitions") =:= nomatch],
  base64:encode(unicode:characters_to_binary(
      [io_lib:format("~s ~0tp~n", [Key, Value]) || {Key, Value} <- Outputs ++ Changed])).
)";

// Ignores what is not of the alphabet.
std::string base64_decoded(const std::string& text) {
  static const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string decoded;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string::npos) continue;
    buffer = (buffer << 6U) | static_cast<unsigned>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    decoded += static_cast<char>((buffer >> static_cast<unsigned>(bits)) & 0xFFU);
  }
  return decoded;
}

// "<0.123.0>": another one after every start.
bool is_pid(const std::string& term) { return term.starts_with("<") && !term.starts_with("<<"); }

// In a file on the data volume, because rabbitmqctl is not to be trusted with its standard input: on a busy
// machine that of 3.10 read an end where definitions were, and that of 4.0 up to 4.0.5 waits for ever
// (rabbitmq-server #13157). $0 is the folder, $1 how many bytes it must be.
constexpr const char* kImport = R"(
  umask 077
  file=$(mktemp -p "$0") && trap 'rm -f "$file"' EXIT && cat > "$file" || exit
  arrived=$(wc -c < "$file")
  [ "$arrived" -eq "$1" ] || { echo "Error: $arrived of $1 bytes arrived in the container" >&2; exit 1; }
  rabbitmqctl --quiet import_definitions "$file" --format json
)";

std::string own_words(const process::Outcome& outcome) {
  for (const auto& line : core::split(outcome.err, '\n')) {
    if (line.starts_with("Error"))
      return core::UntrustedText(outcome.err.substr(outcome.err.find(line))).printable(300);
  }
  return core::UntrustedText(outcome.err.empty() ? outcome.out : outcome.err).last_line();
}

}  // namespace

process::Outcome Ctl::run(std::vector<std::string> arguments, const core::Deadline& deadline,
                          const std::string& input) const {
  engine::Exec exec;
  exec.argv = {"rabbitmqctl", "--quiet"};
  exec.argv.insert(exec.argv.end(), arguments.begin(), arguments.end());
  exec.user = description().user;
  exec.input = input;
  exec.limit = deadline.remaining();
  return container_.exec(exec);
}

std::string Ctl::must(std::vector<std::string> arguments, const core::Deadline& deadline,
                      const std::string& input) const {
  const std::string step = "rabbitmqctl " + arguments.front();
  return succeeded(step, run(std::move(arguments), deadline, input));
}

std::string Ctl::succeeded(const std::string& step, process::Outcome outcome) const {
  if (outcome.ok()) return std::move(outcome.out);
  throw service::ServerError(
      {step, subject_, fmt::format("{} ({})", outcome.ending(), own_words(outcome)), ""});
}

void Ctl::add_vhost(const std::string& vhost, const std::string& user, const core::Deadline& deadline) const {
  const nlohmann::json definitions = {
      {"vhosts", {{{"name", vhost}}}},
      {"permissions",
       {{{"user", user}, {"vhost", vhost}, {"configure", ".*"}, {"write", ".*"}, {"read", ".*"}}}}};
  import_definitions(core::Secret(definitions.dump()), deadline);
}

void Ctl::delete_vhost(const std::string& vhost, const core::Deadline& deadline) const {
  must({"delete_vhost", vhost}, deadline);
}

core::Secret Ctl::export_definitions(const core::Deadline& deadline) const {
  return core::Secret(must({"export_definitions", "-", "--format", "json"}, deadline));
}

void Ctl::import_definitions(const core::Secret& json, const core::Deadline& deadline) const {
  engine::Exec exec;
  exec.argv = {"sh", "-c", kImport, description().facts.at("data_dir"), std::to_string(json.reveal().size())};
  exec.user = description().user;
  exec.input = json.reveal();
  exec.limit = deadline.remaining();
  succeeded("rabbitmqctl import_definitions", container_.exec(exec));
}

std::map<std::string, std::string> changed_settings(const Ctl& ctl, const core::Deadline& deadline) {
  const auto printed = ctl.must({"eval", kSettings}, deadline);
  auto settings = parse_settings(printed);
  if (settings.empty()) {  // every broker of ours has some: two that cannot be read would look equal
    throw service::ServerError({"reading the broker's settings", "rabbitmqctl eval",
                                fmt::format("none can be read in {} bytes", printed.size()), ""});
  }
  return settings;
}

std::map<std::string, std::string> parse_settings(const std::string& printed) {
  const auto from = printed.find("<<\"");
  const auto to = printed.rfind("\">>");
  std::map<std::string, std::string> settings;
  if (from == std::string::npos || to == std::string::npos || to < from + 3) return settings;
  for (const auto& line : core::split(base64_decoded(printed.substr(from + 3, to - from - 3)), '\n')) {
    const auto space = line.find(' ');
    if (space == std::string::npos || is_pid(line.substr(space + 1))) continue;
    settings[line.substr(0, space)] = core::UntrustedText(line.substr(space + 1)).printable(200);
  }
  return settings;
}

}  // namespace rootseal::rabbitmq
