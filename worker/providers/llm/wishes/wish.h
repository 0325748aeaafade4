// What the user wants, said in free text: more than a fixed phrase, because it holds amounts, times, names and
// words of his own. From a keyboard, or from a recogniser that writes sentences. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/providers/llm/wishes/calculation.h"
#include "worker/providers/llm/wishes/measure.h"
#include "worker/providers/llm/wishes/place.h"
#include "worker/providers/llm/wishes/said_moment.h"

namespace earshot::worker {

// Of what the notebook rings for, what the words named. Each is cancelled by its own name alone.
enum class Rings { kReminder, kTimer, kAlarm };

enum class WishKind {
  kCalculate,
  kConvert,
  kTimeIn,
  kWeekday,
  kTimerSet,
  kRemind,
  kRemindersTell,
  kRemindersCancel,
  kListAdd,
  kListTell,
  kListRemove,
  kListClear,
  kHowAreYou,
  kWhoAreYou,
  kJoke,
  kGoodWish,  // "happy birthday", "well done": answered kindly
};

struct Wish {
  WishKind kind{};
  std::string_view language;  // "en" or "zh": of the sentence, and so of the reply

  Calculation calculation = {};
  Measure measure = {};                             // kConvert
  const Unit* target = nullptr;                     // kConvert; nullptr: it does not fit the measure
  std::optional<std::int64_t> seconds = {};         // kTimerSet, kRemind, kRemindersCancel
  std::optional<SaidMoment> moment = std::nullopt;  // kRemind, kTimerSet ("wake me at seven")
  std::optional<SaidDay> day = std::nullopt;        // kWeekday
  const Place* place = nullptr;                     // kTimeIn
  std::string text = {};                            // kRemind: what of; kRemindersCancel: which
  std::string list = {};                            // its name as it was said; empty: "my list"
  std::vector<std::string> items = {};              // kListAdd, kListRemove
  Rings rings = Rings::kReminder;                   // kTimerSet, kRemindersTell, kRemindersCancel

  // "set a timer", without for how long: the user is asked.
  bool lacks_time() const {
    return (kind == WishKind::kTimerSet || kind == WishKind::kRemind) && !seconds && !moment;
  }
  // What only the agent's own model should be answered for when that one is away: small talk is its business.
  bool is_small_talk() const { return kind >= WishKind::kHowAreYou; }
};

// nullopt: none of the rules fits as a whole.
// Cost: PhrasePattern::kMaxSteps for each rule, which hostile sentences reach with a few of them.
std::optional<Wish> read_wish(std::string_view said);
// The wish that lacks a time, with the one that these words are; nullopt: they are none, or more than that.
std::optional<Wish> with_time(Wish wish, std::string_view said);

}  // namespace earshot::worker
