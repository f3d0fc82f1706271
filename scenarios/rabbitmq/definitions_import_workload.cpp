// Workload, recorded: the import of definitions: a virtual host with its permissions, 20 durable queues, 20
// exchanges, 20 bindings and a policy. Each import makes a virtual host of its own, whose contents are
// counted and which is deleted outside the time.
//
// rabbitmqctl starts an Erlang of its own for every call, which costs many times what the broker does. So it
// is called once a lane: it leaves a process in the broker that listens on the container's loopback, and
// calls, whenever it is asked to, the function that `rabbitmqctl import_definitions` calls there. The process
// ends with the lane's connection. Needs the container's network namespace; nothing else reaches its
// loopback.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "services/rabbitmq/ctl.hpp"
#include "testing/workload.hpp"
#include "testing/workload_netns.hpp"

namespace rootseal::rabbitmq::definitions_import_workload {
namespace {

constexpr int kOfEach = 20;  // queues, exchanges, bindings
constexpr const char* kVhost = "rootseal.definitions_import";
constexpr core::Milliseconds kLimit{60'000};  // for any answer

// Prints the port. Requests and answers are preceded by their length in four bytes. "i" imports the JSON that
// follows, "c" counts what is in the virtual host that follows, "d" deletes it.
constexpr const char* kListener = R"(
  Parent = self(),
  Answer = fun
    (<<"i", Json/binary>>) -> rabbit_definitions:import_raw(Json);
    (<<"c", Vhost/binary>>) ->
      {length(rabbit_amqqueue:list(Vhost)),
       length([X || X <- rabbit_exchange:list(Vhost), element(4, element(2, X)) =/= <<>>,
                    binary:match(element(4, element(2, X)), <<"exchange-">>) =/= nomatch]),
       length([B || B <- rabbit_binding:list(Vhost), element(4, element(2, B)) =/= <<>>]),
       length(rabbit_policy:list(Vhost))};
    (<<"d", Vhost/binary>>) -> rabbit_vhost:delete(Vhost, <<"rootseal">>)
  end,
  Serve = fun Serve(Socket) ->
    case gen_tcp:recv(Socket, 0) of
      {ok, Request} ->
        Reply = try Answer(Request) catch Class:Reason -> {Class, Reason} end,
        ok = gen_tcp:send(Socket, unicode:characters_to_binary(io_lib:format("~0tp", [Reply]))),
        Serve(Socket);
      {error, _} -> ok
    end
  end,
  spawn(fun() ->
    {ok, Listening} = gen_tcp:listen(0, [binary, {packet, 4}, {active, false}, {nodelay, true}, {ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(Listening),
    Parent ! {port, Port},
    {ok, Socket} = gen_tcp:accept(Listening, 60000),
    gen_tcp:close(Listening),
    Serve(Socket)
  end),
  receive {port, Port} -> Port after 10000 -> none end.
)";

core::Deadline soon() { return core::Deadline::after(kLimit); }

// The listener's only client. Ends it with the connection.
class Importer {
 public:
  Importer(std::string subject, const std::string& port)
      : subject_(std::move(subject)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port.c_str())));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{std::chrono::duration_cast<std::chrono::seconds>(kLimit).count(), 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr generic{};
    std::memcpy(&generic, &address, sizeof generic);
    if (::connect(socket_, &generic, sizeof generic) != 0) {
      const std::string why = std::strerror(errno);
      ::close(socket_);
      throw core::HarnessError({"connecting to the process that imports, port " + port, subject_, why, ""});
    }
  }
  ~Importer() { ::close(socket_); }
  Importer(const Importer&) = delete;
  Importer& operator=(const Importer&) = delete;

  // What the broker answered, as Erlang prints it.
  std::string ask(const std::string& request) {
    const std::uint32_t length = htonl(static_cast<std::uint32_t>(request.size()));
    std::string message(sizeof length, '\0');
    std::memcpy(message.data(), &length, sizeof length);
    message += request;
    for (std::size_t sent = 0; sent < message.size();) {
      const auto more = ::send(socket_, message.data() + sent, message.size() - sent, MSG_NOSIGNAL);
      sent += moved(more);
    }
    std::uint32_t size = 0;
    std::string head = receive(sizeof size);
    std::memcpy(&size, head.data(), sizeof size);
    return receive(ntohl(size));
  }

 private:
  std::string receive(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t have = 0; have < size;) {
      have += moved(::recv(socket_, text.data() + have, size - have, 0));
    }
    return text;
  }

  [[nodiscard]] std::size_t moved(ssize_t bytes) const {
    if (bytes <= 0) {
      throw service::ServerError({"importing definitions", subject_,
                                  bytes == 0 ? "the broker's process broke off" : std::strerror(errno), ""});
    }
    return static_cast<std::size_t>(bytes);
  }

  std::string subject_;
  int socket_;
};

std::string definitions(const std::string& vhost, const std::string& user) {
  nlohmann::json all;
  all["vhosts"] = {{{"name", vhost}}};
  all["permissions"] = {
      {{"user", user}, {"vhost", vhost}, {"configure", ".*"}, {"write", ".*"}, {"read", ".*"}}};
  all["policies"] = {{{"vhost", vhost},
                      {"name", "limits"},
                      {"pattern", "^queue-"},
                      {"apply-to", "queues"},
                      {"priority", 0},
                      {"definition", {{"max-length", 1000}}}}};
  const auto none = nlohmann::json::object();
  for (int i = 1; i <= kOfEach; ++i) {
    const auto queue = fmt::format("queue-{}", i);
    const auto exchange = fmt::format("exchange-{}", i);
    all["queues"].push_back(
        {{"name", queue}, {"vhost", vhost}, {"durable", true}, {"auto_delete", false}, {"arguments", none}});
    all["exchanges"].push_back({{"name", exchange},
                                {"vhost", vhost},
                                {"type", "topic"},
                                {"durable", true},
                                {"auto_delete", false},
                                {"internal", false},
                                {"arguments", none}});
    all["bindings"].push_back({{"source", exchange},
                               {"vhost", vhost},
                               {"destination", queue},
                               {"destination_type", "queue"},
                               {"routing_key", "#"},
                               {"arguments", none}});
  }
  return all.dump();
}

std::string listening_port(const workload::Site& site) {
  const auto why = workload::why_no_network_of(site.container->state().pid, site.container->id());
  if (!why.empty()) {
    throw core::HarnessError({"importing definitions", site.target.subject, why,
                              "this workload needs the container's network namespace"});
  }
  return Ctl(site.target.subject, *site.container).must({"eval", kListener}, soon());
}

class ImportLane final : public workload::Lane {
 public:
  explicit ImportLane(const workload::Site& site)
      : user_(site.target.user), importer_(site.target.subject, listening_port(site)) {}

  void operation() override {
    const std::string vhost = fmt::format("{}.{}", kVhost, ++number_);
    made_.push_back(vhost);
    require("import", importer_.ask("i" + definitions(vhost, user_)), "ok");
  }

  // What was imported is there; then it goes.
  void settle() override {
    for (const auto& vhost : made_) {
      require("contents", importer_.ask("c" + vhost), fmt::format("{{{0},{0},{0},1}}", kOfEach));
      require("deletion", importer_.ask("d" + vhost), "ok");
    }
    made_.clear();
  }

  void verify() override { settle(); }

 private:
  static void require(const char* what, const std::string& answer, const std::string& expected) {
    if (answer != expected) {
      throw workload::WrongResult(fmt::format("{} of definitions: the broker says {}, must be {}", what,
                                              core::UntrustedText(answer).printable(300), expected));
    }
  }

  std::string user_;
  Importer importer_;
  std::vector<std::string> made_;  // not yet looked at
  int number_ = 0;
};

class DefinitionsImport final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.judged = false;
    shape.connections = 0;
    return shape;
  }
  void set_up(const workload::Site& /*site*/) const override {}
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& /*seat*/) const override {
    return std::make_unique<ImportLane>(site);
  }
  // A lane deletes what it made; what a broken epoch left is a virtual host in a stack that goes away.
  void tear_down(const workload::Site& /*site*/) const override {}
};

ROOTSEAL_WORKLOAD("rabbitmq", "definitions_import", DefinitionsImport);

}  // namespace

}  // namespace rootseal::rabbitmq::definitions_import_workload
