// Timers, alarms and reminders of the device (notebook.h). Offered where the gateway keeps and rings them.
#pragma once

#include <string_view>

#include "worker/tools/builtin_tool.h"

namespace earshot::worker {

// RETURNS: {"in_seconds": 600}
class ReminderSetTool final : public BuiltinTool {
 public:
  const ToolSpec& spec() const override { return spec_; }
  bool needs_notebook() const override { return true; }
  BuiltinToolOutput run(const BuiltinToolInput& input) const override;

 private:
  ToolSpec spec_{
      .name = "reminder.set",
      .description =
          "Set a timer, an alarm or a reminder: when it is due the device says `say`, whatever it does then. "
          "Give in_seconds, or a time of the day. Without a time of the user's ask for it, and set nothing.",
      .input_schema =
          R"({"type":"object","properties":{)"
          R"("in_seconds":{"type":"integer","description":"from now, at most 2678400"},)"
          R"("at":{"type":"string","description":"local time of the day, HH:MM in 24 hours"},)"
          R"("days":{"type":"integer","description":"with at: days from today; default: the next time"},)"
          R"("what":{"type":"string","description":"what of, a few words"},)"
          R"("say":{"type":"string","description":"the sentence to say then, in the user's language"},)"
          R"("timer":{"type":"boolean","description":"it is a timer"},)"
          R"("alarm":{"type":"boolean","description":"it is an alarm, to wake the user"}},)"
          R"("required":["what","say"]})"};
};

// RETURNS: [{"what": "call mum", "in_seconds": 600, "timer": false}, ...], the next first; of an alarm "alarm": true.
class ReminderListTool final : public BuiltinTool {
 public:
  const ToolSpec& spec() const override { return spec_; }
  bool needs_notebook() const override { return true; }
  BuiltinToolOutput run(const BuiltinToolInput& input) const override;

 private:
  ToolSpec spec_{
      .name = "reminder.list",
      .description = "The timers, alarms and reminders that are set, with the seconds that are left.",
      .input_schema = R"({"type":"object","properties":{}})"};
};

// RETURNS: as reminder.list, of those that are gone.
class ReminderCancelTool final : public BuiltinTool {
 public:
  const ToolSpec& spec() const override { return spec_; }
  bool needs_notebook() const override { return true; }
  BuiltinToolOutput run(const BuiltinToolInput& input) const override;

 private:
  ToolSpec spec_{.name = "reminder.cancel",
                 .description =
                     "Cancel timers, alarms and reminders whose `what` holds the given words; without it "
                     "all. Of what the "
                     "user has named one kind of, cancel that kind only.",
                 .input_schema = R"({"type":"object","properties":{"what":{"type":"string"},)"
                                 R"("timers_only":{"type":"boolean"},"alarms_only":{"type":"boolean"},)"
                                 R"("reminders_only":{"type":"boolean"}}})"};
};

}  // namespace earshot::worker
