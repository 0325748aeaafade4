// What workers tell about sessions and agents, as plain values for the control plane.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "ipc.pb.h"

namespace earshot::gateway {

// A turn that has ended. The session may be over by now. Texts and audio are empty unless they are kept.
struct TurnNews {
  SessionId session;
  std::uint32_t number = 0;
  std::string source;
  std::string end;
  std::int64_t started_ms = 0;
  std::optional<Milliseconds> first_audio;
  std::optional<Milliseconds> overhead;
  std::string trace;  // JSON object
  std::vector<std::string> tools;
  std::string agent;
  std::string user_text;
  std::string reply_text;
  std::string user_audio;  // Opus packets, each behind its length (u16, big-endian)
  std::string reply_audio;
};

struct SayNews {
  enum class Outcome { kHeard, kPartly, kFailed };
  std::string id;
  Outcome outcome = Outcome::kFailed;
  std::string reason;
};

// A device's notebook (proto Notebook), cut to its bounds.
struct NotebookNews {
  static constexpr int kMaxReminders = 16;
  static constexpr int kMaxLists = 8;
  static constexpr int kMaxItems = 50;
  static constexpr std::size_t kMaxTextBytes = 400;  // of each
  struct Reminder {
    std::uint64_t id = 0;
    Milliseconds due_in{};
    std::string what;
    std::string say;
    bool timer = false;
  };
  struct List {
    std::string name;
    std::vector<std::string> items;
  };
  std::vector<Reminder> reminders;
  std::vector<List> lists;
};

struct AgentsNews {
  struct Problem {
    std::string stage;  // of a provider; empty: of an agent
    std::string name;
    std::string what;
  };
  std::string worker;
  std::uint64_t revision = 0;
  std::vector<Problem> problems;
};

TurnNews turn_news(const ipc::TurnReport& report);
SayNews say_news(const ipc::SaySpoken& spoken);
NotebookNews notebook_news(const ipc::Notebook& notebook);
void write_notebook(const NotebookNews& news, ipc::Notebook& notebook);
AgentsNews agents_news(std::string worker, const ipc::AgentsAccepted& accepted);

}  // namespace earshot::gateway
