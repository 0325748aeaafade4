#include "gateway/ctl/model_server_search.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "common/asio/asio.h"
#include "common/http/http_client.h"

namespace earshot::ctl {

namespace {

struct Question {
  std::string address;
  ModelServerKind kind{};
};

std::optional<ModelServer> ask_for_models(const Question& question, Milliseconds timeout) {
  const auto answer =
      http::request("GET", question.address + std::string(models_path(question.kind)), {}, "", timeout);
  if (!answer) return std::nullopt;
  return read_model_server(question.kind, question.address, answer->status, answer->body);
}

}  // namespace

std::vector<ModelServer> find_model_servers(const ModelSearchPlan& plan) {
  std::vector<Question> questions;
  for (const std::string& host : plan.hosts) {
    for (const ModelPort& port : plan.ports)
      questions.push_back({"http://" + host + ":" + std::to_string(port.port), port.kind});
  }
  std::vector<std::optional<ModelServer>> answers(questions.size());
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(ModelSearchPlan::kAtOnce, questions.size()); ++i) {
      threads.emplace_back([&] {
        for (std::size_t mine = next++; mine < questions.size(); mine = next++) {
          answers[mine] = ask_for_models(questions[mine], plan.timeout);
          ++done;
        }
      });
    }
    while (plan.on_progress && done < questions.size()) {
      plan.on_progress(done, questions.size());
      std::this_thread::sleep_for(Milliseconds(100));
    }
  }
  std::vector<ModelServer> found;
  for (auto& answer : answers) {
    if (answer) found.push_back(std::move(*answer));
  }
  return found;
}

std::string own_address() {
  asio::io_context io{1};
  error_code failure;
  asio::ip::udp::socket socket(io, asio::ip::udp::v4());
  // Connecting a datagram socket only chooses the way; the address is one for documentation (RFC 5737).
  socket.connect({asio::ip::make_address_v4("192.0.2.1"), 9}, failure);
  if (failure) return {};
  const auto local = socket.local_endpoint(failure);
  return failure ? std::string() : local.address().to_string();
}

}  // namespace earshot::ctl
