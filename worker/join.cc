#include "worker/join.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/http/name_lookup.h"
#include "common/ipc/connect.h"
#include "common/ipc/join_exchange.h"
#include "common/tls/join_token.h"
#include "common/tls/link_contexts.h"
#include "common/tls/link_folder.h"
#include "common/tls/pki_folder.h"

namespace earshot::worker {

namespace {

constexpr Milliseconds kStepPatience{5000};

// One after the other, each waited for: nothing else runs in this process yet.
class Joining {
 public:
  Joining(const tls::JoinAddress& address, std::string name) : address_(address), name_(std::move(name)) {}

  Result<ipc::JoinAnswer> ask(const std::string& request) {
    auto context = tls::LinkContexts::joining(address_.token.authority);
    if (!context) return context.error();
    context_ = std::move(context).value();
    const auto hosts = find();
    if (!hosts) return hosts.error();
    auto connection = dial(*hosts);
    if (!connection) return connection.error();
    return exchange(std::move(connection).value(), request);
  }

 private:
  template <class T>
  T wait_for(std::optional<T>& result) {
    io_.restart();
    while (!result && io_.run_one() > 0) {
    }
    if (!result) return Error{ErrorCode::kInternal, "nothing came of it"};
    return std::move(*result);
  }

  Result<std::vector<std::string>> find() {
    using Found = Result<std::vector<std::string>>;
    std::optional<Found> found;
    asio::use_service<http::NameLookup>(io_).find(
        address_.host, std::to_string(address_.port), io_.get_executor(),
        [&](const error_code& failure, const http::Endpoints& endpoints) {
          std::vector<std::string> addresses;
          for (const auto& endpoint : endpoints) addresses.push_back(endpoint.address().to_string());
          if (failure || addresses.empty())
            found = Error{ErrorCode::kNotFound,
                          "the gateway's name " + address_.host +
                              " leads nowhere: make the token "
                              "with --host and a name or address that this machine can reach"};
          else
            found = std::move(addresses);
        });
    return wait_for(found);
  }

  Result<ipc::Connection> dial(const std::vector<std::string>& hosts) {
    Result<ipc::Connection> last = Error{ErrorCode::kNotFound, "no address"};
    for (const std::string& host : hosts) {
      const ipc::Endpoint endpoint{
          .kind = ipc::Endpoint::Kind::kTls, .path = {}, .host = host, .port = address_.port};
      std::optional<Result<ipc::Connection>> dialled;
      ipc::async_dial(io_.get_executor(), endpoint, address_.host, context_, kStepPatience,
                      [&](Result<ipc::Connection> connection) { dialled.emplace(std::move(connection)); });
      last = wait_for(dialled);
      // A gateway that is not to be trusted is not made better by another address of the same name.
      if (last || last.error().code == ErrorCode::kInvalid) return last;
    }
    return last;
  }

  Result<ipc::JoinAnswer> exchange(ipc::Connection connection, const std::string& request) {
    ipc::JoinRequest asked;
    asked.set_token_id(address_.token.id);
    asked.set_token_secret(std::string(address_.token.secret.reveal()));
    asked.set_worker(name_);
    asked.set_request(request);
    const auto exchange = ipc::JoinExchange::create(std::move(connection), kStepPatience);
    std::optional<Result<std::string>> answered;
    exchange->send(asked.SerializeAsString(), [&](const Status& sent) {
      if (!sent) return static_cast<void>(answered = Result<std::string>(sent.error()));
      exchange->receive([&](Result<std::string> body) { answered.emplace(std::move(body)); });
    });
    const Result<std::string> body = wait_for(answered);
    exchange->close();
    if (!body) return body.error();
    ipc::JoinAnswer answer;
    if (!answer.ParseFromString(*body))
      return Error{ErrorCode::kInvalid,
                   "the gateway's answer makes no sense: run the same version at both ends"};
    if (!answer.refused().empty()) return Error{ErrorCode::kInvalid, answer.refused()};
    return answer;
  }

  const tls::JoinAddress& address_;
  std::string name_;
  std::optional<tls::TlsContext> context_;
  asio::io_context io_{1};
};

// Those of the same authority stay known.
std::vector<std::string> gateways_with(const std::filesystem::path& folder, const std::string& authority,
                                       const std::string& gateway) {
  std::vector<std::string> gateways;
  if (const auto before = tls::read_link_folder(folder); before && before->identity.authority == authority)
    gateways = before->gateways;
  if (std::ranges::find(gateways, gateway) == gateways.end()) gateways.push_back(gateway);
  return gateways;
}

}  // namespace

Result<std::string> join_gateway(const std::string& line, const std::filesystem::path& folder,
                                 const std::string& name) {
  const auto address = tls::parse_join_line(line);
  if (!address) return address.error();
  auto request = tls::make_request(name);
  if (!request) return request.error();
  const auto answer = Joining(*address, name).ask(request->request);
  if (!answer) return answer.error();
  const tls::LinkIdentity identity{
      .authority = answer->authority(),
      .own = {.certificate = answer->certificate(), .key = std::move(request->key)}};
  const auto facts = tls::facts_of(identity.own.certificate);
  const auto authority = tls::facts_of(identity.authority);
  if (!facts || !authority || authority->fingerprint != address->token.authority ||
      !tls::is_worker_name(facts->name) || !tls::LinkContexts::worker(identity))
    return Error{ErrorCode::kInvalid,
                 "the gateway gave a certificate that does not fit: run the same version at both "
                 "ends"};
  const std::string gateway =
      ipc::Endpoint{
          .kind = ipc::Endpoint::Kind::kTls, .path = {}, .host = address->host, .port = address->port}
          .text();
  const auto kept =
      tls::write_link_folder(folder, identity, gateways_with(folder, identity.authority, gateway));
  if (!kept) return kept.error();
  return facts->name;
}

std::string host_name() {
  std::array<char, 65> text{};
  if (::gethostname(text.data(), text.size() - 1) != 0) return "worker";
  std::string name(text.data());
  std::ranges::replace_if(
      name,
      [](char c) {
        return !tls::is_worker_name(std::string{'a', c});
      },
      '-');
  return tls::is_worker_name(name) ? name : "worker";
}

}  // namespace earshot::worker
