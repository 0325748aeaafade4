#include "gateway/live/workers/agent_parts.h"

namespace earshot::gateway {

namespace {

// A part is closed when it has grown beyond this; one entry more still fits a record (256 KiB).
constexpr std::size_t kPartBytes = 128 * 1024;

class Parts {
 public:
  explicit Parts(std::uint64_t revision) : revision_(revision) { begin(); }

  ipc::AgentSet& room() {
    if (current().ByteSizeLong() > kPartBytes) begin();
    return current();
  }
  AgentParts::Envelopes take() {
    current().set_last(true);
    return std::make_shared<const std::vector<ipc::Envelope>>(std::move(envelopes_));
  }

 private:
  void begin() { envelopes_.emplace_back().mutable_agent_set()->set_revision(revision_); }
  ipc::AgentSet& current() { return *envelopes_.back().mutable_agent_set(); }

  std::uint64_t revision_;
  std::vector<ipc::Envelope> envelopes_;
};

AgentParts::Envelopes envelopes(std::uint64_t revision, const AgentFacts& facts, bool with_secrets) {
  Parts parts(revision);
  for (const auto& provider : facts.providers) {
    ipc::StoredProvider& out = *parts.room().add_providers();
    out.set_stage(provider.stage);
    out.set_name(provider.name);
    out.set_withheld(provider.secret && !with_secrets);
    if (!out.withheld()) out.set_config(provider.config);
  }
  for (const auto& agent : facts.agents) {
    ipc::StoredAgent& out = *parts.room().add_agents();
    out.set_name(agent.name);
    out.set_config(agent.config);
  }
  return parts.take();
}

}  // namespace

AgentParts make_agent_parts(std::uint64_t revision, const AgentFacts& facts) {
  return {.whole = envelopes(revision, facts, true), .without_secrets = envelopes(revision, facts, false)};
}

}  // namespace earshot::gateway
