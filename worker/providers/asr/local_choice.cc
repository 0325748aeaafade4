#include "worker/providers/asr/local_choice.h"

namespace earshot::worker {

namespace {

std::size_t words_in(std::string_view text) {
  std::size_t words = 0;
  bool inside = false;
  for (const char letter : text) {
    const bool blank = letter == ' ' || letter == '\n' || letter == '\t';
    if (!blank && !inside) ++words;
    inside = !blank;
  }
  return words;
}

}  // namespace

bool is_sure(const Transcript& command) {
  return command.understood && !command.text.empty() && command.confidence >= kSureCommand;
}

Transcript choose(const Transcript& command, std::string_view free_text) {
  if (is_sure(command)) return command;
  const bool taken = command.understood && !command.text.empty();
  if (taken && words_in(free_text) <= 2 * words_in(command.text)) return command;
  return {.text = std::string(free_text)};
}

}  // namespace earshot::worker
