#include "wire/context.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "wire/fields.hpp"

namespace rootseal::wire {
namespace {

using Json = nlohmann::ordered_json;

// A line must stay one line and be valid JSON whatever bytes a server put into a message.
std::string dump(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

// The key of a message and the message under it.
template <class T>
void add(Json& json, const char* key, const std::optional<T>& part) {
  if (part) json[key] = record::encode<Json>(*part, key);
}

template <class T>
void take(const Json& json, const char* key, std::optional<T>& part) {
  const auto at = json.find(key);
  if (at != json.end()) record::decode(*at, part.emplace(), key);
}

[[noreturn]] void garbage(const std::string& line, const std::string& why) {
  throw core::HarnessError(
      {"reading a message", "the other process",
       fmt::format("garbage ({}): \"{}\"", why, core::UntrustedText(line).printable(200)),
       "run it by hand to see the rest of its output"});
}

template <class Read>
auto read_line(const std::string& line, Read read) {
  try {
    return read(Json::parse(line));
  } catch (const Json::exception&) {
    garbage(line, "not JSON");
  } catch (const core::UsageError& error) {
    garbage(line, error.what());
  }
}

Message message_from(const Json& json) {
  if (!json.is_object() || json.size() != 1) record::refuse("", "an object with exactly one key is needed");
  Message message;
  take(json, "started", message.started);
  take(json, "check", message.check);
  take(json, "task", message.task);
  take(json, "finding", message.finding);
  take(json, "epoch", message.epoch);
  take(json, "request", message.request);
  take(json, "recreate", message.recreate);
  take(json, "release", message.release);
  const bool known = message.started || message.check || message.task || message.finding || message.epoch ||
                     message.request || message.recreate || message.release;
  if (!known) {
    record::refuse(
        "", "unknown message; known: started, check, task, finding, epoch, request, recreate, release");
  }
  return message;
}

StackReply reply_from(const Json& json) {
  StackReply reply;
  record::decode(json, reply);
  if (reply.stack.has_value() == !reply.error.empty())
    record::refuse("", "either a stack or an error is needed");
  return reply;
}

}  // namespace

std::string to_json_text(const Context& context) { return dump(record::encode<Json>(context), 2) + "\n"; }

Context context_from_json_text(const std::string& text) {
  Context context;
  try {
    record::decode(Json::parse(text), context);
  } catch (const Json::parse_error& error) {
    throw core::UsageError({"reading a context", "", core::UntrustedText(error.what()).printable(200), ""});
  }
  return context;
}

Context read_context(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!std::filesystem::is_regular_file(file) || !in || !(text << in.rdbuf())) {
    throw core::UsageError({"reading a context", file.string(), "there is no such readable file",
                            "`rootseal up` prints the path of the context of a stack that it left standing"});
  }
  try {
    return context_from_json_text(text.str());
  } catch (const core::UsageError& error) {
    throw core::UsageError({"reading a context", file.string(), error.what(), ""});
  }
}

std::string to_line(const Message& message) {
  Json json = Json::object();
  add(json, "started", message.started);
  add(json, "check", message.check);
  add(json, "task", message.task);
  add(json, "finding", message.finding);
  add(json, "epoch", message.epoch);
  add(json, "request", message.request);
  add(json, "recreate", message.recreate);
  add(json, "release", message.release);
  if (json.size() != 1) {
    throw core::HarnessError(
        {"writing a message", "", fmt::format("{} parts are set, not one", json.size()), ""});
  }
  return dump(json);
}

Message message_from_line(const std::string& line) { return read_line(line, message_from); }

std::string to_line(const StackReply& reply) {
  if (reply.stack.has_value() == !reply.error.empty()) {
    throw core::HarnessError({"writing a reply", "", "either a stack or an error is needed", ""});
  }
  return dump(record::encode<Json>(reply));
}

StackReply reply_from_line(const std::string& line) { return read_line(line, reply_from); }

}  // namespace rootseal::wire
