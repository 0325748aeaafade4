// pki: the authority of workers on other machines. Files of this machine; the gateway sees what changes.
#include <unistd.h>

#include <array>
#include <filesystem>

#include "common/asio/asio.h"
#include "common/tls/link_folder.h"
#include "common/tls/pki_folder.h"
#include "gateway/ctl/commands.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/machine.h"
#include "gateway/ctl/output.h"
#include "gateway/ctl/time_text.h"

namespace earshot::ctl {

namespace {

[[noreturn]] void give_up(const Error& error) {
  throw Failure(error.code == ErrorCode::kNotFound  ? Exit::kNotFound
                : error.code == ErrorCode::kInvalid ? Exit::kUsage
                                                    : Exit::kFailed,
                error.message);
}

template <class T>
T or_give_up(Result<T> result) {
  if (!result) give_up(result.error());
  return std::move(result).value();
}

// --dir, else the folder of a gateway's data that is there.
tls::PkiFolder pki_of(const Arguments& arguments) {
  if (arguments.has("--dir")) return tls::PkiFolder(arguments.text("--dir"));
  std::vector<std::filesystem::path> data = this_machine().data_folders;
  if (const auto named = this_machine().environment("EARSHOT_DATA")) data = {*named};
  if (arguments.has("--data")) data = {arguments.text("--data")};
  for (const auto& folder : data) {
    std::error_code ignored;  // what may not be looked at is not ours
    if (std::filesystem::is_directory(folder, ignored)) return tls::PkiFolder(folder / "pki");
  }
  throw Failure(Exit::kUsage, "no gateway's data folder is here: name the folder with --dir DATA/pki");
}

tls::WallTime now_of(const Context& context) {
  return tls::WallTime(Milliseconds(context.now_ms));
}

std::int64_t ms(tls::WallTime time) {
  return std::chrono::duration_cast<Milliseconds>(time.time_since_epoch()).count();
}

std::string expiry(const Context& context, const tls::CertificateFacts& facts) {
  return "expires " + relative_text(ms(facts.until), context.now_ms);
}

// The name of this machine and its addresses, those that only it can use last.
std::vector<std::string> own_hosts() {
  std::array<char, 256> name{};
  std::vector<std::string> hosts;
  if (::gethostname(name.data(), name.size() - 1) == 0) hosts.emplace_back(name.data());
  asio::io_context io;
  asio::ip::tcp::resolver resolver(io);
  error_code failure;
  const auto found =
      hosts.empty() ? asio::ip::tcp::resolver::results_type() : resolver.resolve(hosts.front(), "0", failure);
  for (const auto& entry : found) {
    const auto address = entry.endpoint().address();
    if (!address.is_loopback()) hosts.push_back(address.to_string());
  }
  hosts.insert(hosts.end(), {"localhost", "127.0.0.1"});
  std::vector<std::string> once;
  for (const auto& host : hosts) {
    if (std::ranges::find(once, host) == once.end()) once.push_back(host);
  }
  return once;
}

std::string joined_text(const std::vector<std::string>& all) {
  std::string text;
  for (const auto& each : all) text += (text.empty() ? "" : ", ") + each;
  return text;
}

void init_pki(Context& context, const Arguments& arguments) {
  const tls::PkiFolder pki = pki_of(arguments);
  const auto hosts = arguments.list("--host");
  if (arguments.has("--renew")) {
    or_give_up(pki.renew_gateway(hosts, now_of(context)));
  } else {
    or_give_up(pki.init(hosts.empty() ? own_hosts() : hosts, now_of(context), arguments.has("--force")));
  }
  const auto authority = or_give_up(pki.authority_facts());
  const auto gateway = or_give_up(pki.gateway_facts());
  print_done(context,
             "authority " + authority.fingerprint.substr(0, 16) + " (" + expiry(context, authority) +
                 ") in " + pki.path().string() + "\ngateway's certificate for " + joined_text(gateway.hosts) +
                 " (" + expiry(context, gateway) + ")",
             json::object{{"authority", authority.fingerprint}, {"expires", ms(gateway.until)}});
}

void make_worker(Context& context, const Arguments& arguments) {
  const std::string name = arguments.text("NAME");
  const std::filesystem::path folder = arguments.text("--out", name);
  const bool replace = arguments.has("--force");
  std::error_code ignored;
  if (!replace && std::filesystem::exists(folder / "worker.pem", ignored))
    throw Failure(Exit::kUsage,
                  folder.string() + " holds a worker's certificate already: --force replaces it");
  const auto made = or_give_up(pki_of(arguments).make_worker(name, now_of(context), replace));
  or_give_up(tls::write_link_folder(folder, made, {}));
  const auto facts = or_give_up(tls::facts_of(made.own.certificate));
  print_done(context,
             "worker " + name + " (" + expiry(context, facts) + "): bring " + folder.string() +
                 " to its machine, and name it there as state_dir",
             json::object{{"name", name}, {"folder", folder.string()}, {"expires", ms(facts.until)}});
}

void revoke_worker(Context& context, const Arguments& arguments) {
  const std::string name = arguments.text("NAME");
  or_give_up(pki_of(arguments).revoke(name));
  print_done(context, "revoked " + name + ": a gateway that runs cuts its links within a second",
             json::object{{"name", name}});
}

void show_pki(Context& context, const Arguments& arguments) {
  const tls::PkiFolder pki = pki_of(arguments);
  json::array items;
  const auto add = [&](const char* what, const tls::CertificateFacts& facts, bool revoked) {
    items.push_back(json::object{{"kind", what},
                                 {"name", facts.name},
                                 {"serial", facts.serial},
                                 {"hosts", joined_text(facts.hosts)},
                                 {"expires", ms(facts.until)},
                                 {"revoked", revoked}});
  };
  add("authority", or_give_up(pki.authority_facts()), false);
  add("gateway", or_give_up(pki.gateway_facts()), false);
  for (const auto& worker : pki.workers()) add("worker", worker.facts, worker.revoked);
  print_list(
      context, items,
      {{.title = "KIND"},
       {.title = "NAME", .least = 8},
       {.title = "FOR"},
       {.title = "EXPIRES"},
       {.title = "STATE"}},
      [&](const json::object& item) -> std::vector<Cell> {
        const bool revoked = truth(item, "revoked");
        const bool expired = number(item, "expires") < context.now_ms;
        return {member(item, "kind"),
                member(item, "name"),
                member(item, "hosts"),
                relative_text(number(item, "expires"), context.now_ms),
                {revoked   ? "revoked"
                 : expired ? "expired"
                           : "good",
                 revoked || expired ? Colour::kRed : Colour::kGreen}};
      },
      "no certificates");
}

void join_token(Context& context, const Arguments& arguments) {
  json::object body;
  if (arguments.has("--valid")) body["valid_ms"] = arguments.duration_ms("--valid", 0);
  if (arguments.has("--name")) body["name"] = arguments.text("--name");
  if (arguments.has("--host")) body["host"] = arguments.text("--host");
  const json::value answer = context.api.send("POST", "/api/v1/workers/join-tokens", body).body;
  if (context.terminal.json()) return print_json(context, answer);
  context.terminal.line("earshot-worker --join " + member(object_of(answer), "line"));
  context.terminal.error("good once, until " +
                         relative_text(number(object_of(answer), "expires"), context.now_ms) +
                         "; run it on the worker's machine");
}

}  // namespace

void add_pki_commands(std::vector<Command>& all) {
  const Parameter dir = option("--dir", "DIR", "The authority's folder [DATA/pki]", Hint::kFile);
  all.push_back(
      {"pki show", "The authority of workers on other machines, and all certificates", {dir}, show_pki});
  all.push_back(
      {"pki init",
       "Makes the authority and the gateway's certificate",
       {dir,
        {.name = "--host",
         .value = "NAME",
         .help = "A name or address by which workers reach the gateway, comma-separated or repeated [this "
                 "machine's]",
         .many = true},
        flag("--renew", "Only a new certificate for the gateway; workers stay as they are"),
        flag("--force", "A new authority in place of one that is there: all workers must join anew")},
       init_pki});
  all.push_back({"pki worker",
                 "Makes key and certificate of a worker that cannot join by itself",
                 {place("NAME", "The worker's name, its id"), dir,
                  option("--out", "DIR", "The folder that is made [NAME]", Hint::kFile),
                  flag("--force", "Replaces a certificate of that name, which is revoked")},
                 make_worker});
  all.push_back({"pki revoke",
                 "Takes a worker's certificate back: its links are cut, it cannot come again",
                 {place("NAME", "The worker's name", Hint::kWorker), dir},
                 revoke_worker});
  all.push_back({"workers join-token",
                 "Prints the command by which a worker of another machine comes in, once",
                 {option("--valid", "TIME", "For how long, e.g. 15m [15m]"),
                  option("--name", "NAME", "What the worker is called, in place of one of that name"),
                  option("--host", "HOST", "By which it reaches the gateway [the first of its certificate]")},
                 join_token});
}

}  // namespace earshot::ctl
