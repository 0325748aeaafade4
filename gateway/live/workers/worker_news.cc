#include "gateway/live/workers/worker_news.h"

#include <utility>

namespace earshot::gateway {

TurnNews turn_news(const ipc::TurnReport& report) {
  TurnNews news;
  news.session.text = report.session_id();
  news.number = report.turn();
  news.source = report.source();
  news.end = report.end();
  news.started_ms = static_cast<std::int64_t>(report.started_ms());
  if (report.has_first_audio_ms()) news.first_audio = Milliseconds(report.first_audio_ms());
  if (report.has_overhead_ms()) news.overhead = Milliseconds(report.overhead_ms());
  news.trace = report.trace();
  news.tools.assign(report.tools().begin(), report.tools().end());
  news.agent = report.agent();
  news.user_text = report.user_text();
  news.reply_text = report.reply_text();
  news.user_audio = report.user_audio();
  news.reply_audio = report.reply_audio();
  return news;
}

SayNews say_news(const ipc::SaySpoken& spoken) {
  SayNews news;
  news.id = spoken.id();
  news.reason = spoken.reason();
  if (spoken.outcome() == ipc::SaySpoken::kHeard) news.outcome = SayNews::Outcome::kHeard;
  if (spoken.outcome() == ipc::SaySpoken::kPartly) news.outcome = SayNews::Outcome::kPartly;
  return news;
}

AgentsNews agents_news(std::string worker, const ipc::AgentsAccepted& accepted) {
  AgentsNews news;
  news.worker = std::move(worker);
  news.revision = accepted.revision();
  for (const ipc::AgentProblem& problem : accepted.problems()) {
    news.problems.push_back({.stage = problem.stage(), .name = problem.name(), .what = problem.what()});
  }
  return news;
}

}  // namespace earshot::gateway
