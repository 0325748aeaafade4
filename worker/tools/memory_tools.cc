#include "worker/tools/memory_tools.h"

#include <array>
#include <ctime>

#include "common/base/check.h"
#include "worker/memory/fact_book.h"

namespace earshot::worker {

namespace {

FactBook& facts_of(const BuiltinToolInput& input) {
  EARSHOT_CHECK(input.facts != nullptr, "a tool without the facts that it needs");
  return *input.facts;
}

std::string learnt_on(std::int64_t at_ms) {
  const auto seconds = static_cast<std::time_t>(at_ms / 1000);
  std::tm day{};
  ::localtime_r(&seconds, &day);
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &day)};
}

}  // namespace

BuiltinToolOutput MemoryReadTool::run(const BuiltinToolInput& input) const {
  json::array facts;
  for (const KnownFact& one : facts_of(input).facts())
    facts.push_back(json::object{{"fact", one.text}, {"learnt", learnt_on(one.at_ms)}});
  return {.text = json::serialize(json::object{{"facts", std::move(facts)}})};
}

BuiltinToolOutput MemoryRememberTool::run(const BuiltinToolInput& input) const {
  const auto fact = json::find_string(input.arguments, "fact");
  if (!fact || fact->empty()) return {.text = Error{ErrorCode::kInvalid, "give the fact"}};
  const auto now = std::chrono::duration_cast<Milliseconds>(input.wall_time.time_since_epoch()).count();
  return {.text = json::serialize(json::object{{"remembered", facts_of(input).learn(*fact, now)}})};
}

BuiltinToolOutput MemoryForgetTool::run(const BuiltinToolInput& input) const {
  if (json::find_bool(input.arguments, "everything").value_or(false)) {
    facts_of(input).forget_everything();
    return {.text = json::serialize(json::object{{"forgotten", "everything"}})};
  }
  const auto what = json::find_string(input.arguments, "what");
  if (!what || what->empty()) return {.text = Error{ErrorCode::kInvalid, "give what, or everything"}};
  json::array gone;
  for (const std::string& text : facts_of(input).forget(*what)) gone.emplace_back(text);
  return {.text = json::serialize(json::object{{"forgotten", std::move(gone)}})};
}

}  // namespace earshot::worker
