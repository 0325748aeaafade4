#include "worker/agents/cast_shelf.h"

#include <algorithm>
#include <utility>

#include "common/asio/asio.h"
#include "common/log/log.h"

namespace earshot::worker {

namespace {

spdlog::logger& agents_logger() {
  static spdlog::logger& instance = log::logger("agents");
  return instance;
}

}  // namespace

CastShelf::CastShelf(const WorkerConfig& config, const ProviderContext& context)
    : config_(config), context_(context), own_(std::make_shared<Cast>(config, context)) {}

std::shared_ptr<Cast> CastShelf::of(const std::string& gateway) const {
  const auto shelf = shelves_.find(gateway);
  return shelf != shelves_.end() && shelf->second.cast ? shelf->second.cast : own_;
}

void CastShelf::take(const std::string& gateway, ipc::AgentSet set, AgentsDone done) {
  if (!shelves_.contains(gateway)) make_room();
  Shelf& shelf = shelves_[gateway];
  shelf.touched = ++touches_;
  // Each shard sends the same sets.
  if (shelf.cast && set.revision() <= shelf.answer.revision()) return done(shelf.answer);
  shelf.waiting.push_back(std::move(done));
  if (set.revision() <= shelf.wanted) return;
  shelf.wanted = set.revision();
  if (shelf.making != 0) {
    shelf.next = std::move(set);
    return;
  }
  make(gateway, shelf, std::move(set));
}

void CastShelf::make(const std::string& gateway, Shelf& shelf, ipc::AgentSet set) {
  shelf.making = set.revision();
  auto cast = Cast::beside(*own_);
  asio::post(context_.pool, [this, gateway, cast = std::move(cast), set = std::move(set)]() mutable {
    AgentProblems problems;
    const WorkerConfig merged = with_stored(config_, set, problems);
    cast->extend(merged, config_, context_, problems);
    Made made{.cast = std::move(cast), .answer = {}};
    made.answer.set_revision(set.revision());
    for (ipc::AgentProblem& problem : problems) *made.answer.add_problems() = std::move(problem);
    asio::post(context_.io,
               [this, gateway, made = std::move(made)]() mutable { on_made(gateway, std::move(made)); });
  });
}

void CastShelf::on_made(const std::string& gateway, Made made) {
  const auto found = shelves_.find(gateway);
  if (found == shelves_.end()) return;  // room was needed
  Shelf& shelf = found->second;
  agents_logger().info("agents taken gateway={} revision={} refused={}", gateway, made.answer.revision(),
                       made.answer.problems_size());
  shelf.cast = std::move(made.cast);
  shelf.answer = std::move(made.answer);
  shelf.making = 0;
  // Whoever waits is told of the newest.
  if (auto next = std::exchange(shelf.next, std::nullopt)) return make(gateway, shelf, std::move(*next));
  for (const AgentsDone& done : std::exchange(shelf.waiting, {})) done(shelf.answer);
}

void CastShelf::make_room() {
  if (shelves_.size() < kMaxGateways) return;
  const auto oldest =
      std::ranges::min_element(shelves_, {}, [](const auto& entry) { return entry.second.touched; });
  shelves_.erase(oldest);
}

}  // namespace earshot::worker
