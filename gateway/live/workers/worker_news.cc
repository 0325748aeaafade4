#include "gateway/live/workers/worker_news.h"

#include <algorithm>
#include <utility>

#include "common/json/json.h"

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

NotebookNews notebook_news(const ipc::Notebook& notebook) {
  constexpr std::uint64_t kLongestMs = 32ULL * 24 * 3600 * 1000;
  const auto clean = [](const std::string& text) {
    return json::clean_text(text, NotebookNews::kMaxTextBytes);
  };
  NotebookNews news;
  for (int i = 0; i < std::min(notebook.reminders_size(), NotebookNews::kMaxReminders); ++i) {
    const ipc::Notebook::Reminder& one = notebook.reminders(i);
    news.reminders.push_back({.id = one.id(),
                              .due_in = Milliseconds(std::min<std::uint64_t>(one.due_in_ms(), kLongestMs)),
                              .what = clean(one.what()),
                              .say = clean(one.say()),
                              .timer = one.timer()});
  }
  for (int i = 0; i < std::min(notebook.lists_size(), NotebookNews::kMaxLists); ++i) {
    const ipc::Notebook::List& one = notebook.lists(i);
    NotebookNews::List& list = news.lists.emplace_back();
    list.name = clean(one.name());
    for (int item = 0; item < std::min(one.items_size(), NotebookNews::kMaxItems); ++item)
      list.items.push_back(clean(one.items(item)));
  }
  return news;
}

void write_notebook(const NotebookNews& news, ipc::Notebook& notebook) {
  for (const NotebookNews::Reminder& one : news.reminders) {
    ipc::Notebook::Reminder& reminder = *notebook.add_reminders();
    reminder.set_id(one.id);
    reminder.set_due_in_ms(static_cast<std::uint64_t>(std::max<std::int64_t>(one.due_in.count(), 0)));
    reminder.set_what(one.what);
    reminder.set_say(one.say);
    reminder.set_timer(one.timer);
  }
  for (const NotebookNews::List& one : news.lists) {
    ipc::Notebook::List& list = *notebook.add_lists();
    list.set_name(one.name);
    for (const std::string& item : one.items) list.add_items(item);
  }
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
