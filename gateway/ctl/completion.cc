#include "gateway/ctl/completion.h"

#include <algorithm>
#include <set>

namespace earshot::ctl {

namespace {

// As a shell would read it, as far as completion needs: quotes and backslashes. The last word is the one
// being typed, perhaps empty.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words(1);
  char quote = 0;
  bool begun = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      words.back().push_back(line[++i]);
      begun = true;
    } else if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        words.back().push_back(c);
    } else if (c == '"' || c == '\'') {
      quote = c;
      begun = true;
    } else if (c == ' ' || c == '\t') {
      if (begun || !words.back().empty()) words.emplace_back();
      begun = false;
    } else {
      words.back().push_back(c);
    }
  }
  return words;
}

class Position {
 public:
  Position(std::span<const Command> commands, std::span<const std::string> before) : commands_(commands) {
    for (const auto& word : before) take(word);
  }

  Completion what_fits(const std::string& word, const Lookup& lookup) const {
    Completion all;
    if (expects_ != nullptr) {
      offer(all, *expects_, lookup);
    } else if (word.starts_with('-')) {
      for (const Parameter& parameter : common_parameters()) all.words.push_back(parameter.name);
      if (command_ != nullptr) {
        for (const Parameter& parameter : command_->parameters) {
          if (parameter.is_option()) all.words.push_back(parameter.name);
        }
      }
    } else if (const Parameter* here = place_here()) {
      offer(all, *here, lookup);
    } else if (command_ == nullptr || (!group_.empty() && places_ == 0)) {
      std::set<std::string> words;
      for (const Command& command : commands_) {
        if (group_.empty()) words.insert(command.group());
        if (!group_.empty() && command.in_group() && command.group() == group_ && !in_subcommand_)
          words.insert(command.word());
      }
      all.words.assign(words.begin(), words.end());
    }
    std::erase_if(all.words, [&](const std::string& one) { return !one.starts_with(word); });
    return all;
  }

 private:
  void take(const std::string& word) {
    if (expects_ != nullptr) {
      arguments_.add(expects_->name, word);
      expects_ = nullptr;
    } else if (word.starts_with('-')) {
      const auto equals = word.find('=');
      const Parameter* known = parameter_called(word.substr(0, equals));
      if (known == nullptr) return;
      if (equals != std::string::npos)
        arguments_.add(known->name, word.substr(equals + 1));
      else if (!known->is_flag())
        expects_ = known;
    } else if (group_.empty() && command_ == nullptr) {
      for (const Command& command : commands_) {
        if (command.path == word) command_ = &command;
        if (command.in_group() && command.group() == word) group_ = word;
      }
    } else if (!group_.empty() && !in_subcommand_) {
      for (const Command& command : commands_) {
        if (command.path == group_ + " " + word) command_ = &command;
      }
      in_subcommand_ = true;
    } else if (const Parameter* here = place_here()) {
      arguments_.add(here->name, word);
      ++places_;
    }
  }

  const Parameter* parameter_called(const std::string& name) const {
    for (const Parameter& parameter : common_parameters()) {
      if (parameter.name == name) return &parameter;
    }
    if (command_ == nullptr) return nullptr;
    const auto found = std::ranges::find(command_->parameters, name, &Parameter::name);
    return found == command_->parameters.end() ? nullptr : &*found;
  }

  const Parameter* place_here() const {
    if (command_ == nullptr) return nullptr;
    std::size_t nth = 0;
    for (const Parameter& parameter : command_->parameters) {
      if (parameter.is_option()) continue;
      if (nth++ == places_ || parameter.many) return &parameter;
    }
    return nullptr;
  }

  void offer(Completion& all, const Parameter& parameter, const Lookup& lookup) const {
    all.words = parameter.choices;
    all.files = parameter.hint == Hint::kFile;
    if (parameter.hint != Hint::kNothing && !all.files) all.words = lookup(parameter.hint, arguments_);
  }

  std::span<const Command> commands_;
  const Command* command_ = nullptr;
  std::string group_;
  bool in_subcommand_ = false;
  std::size_t places_ = 0;
  const Parameter* expects_ = nullptr;
  Arguments arguments_;
};

}  // namespace

Completion complete(std::span<const Command> commands, const std::string& line, const Lookup& lookup) {
  const auto words = words_of(line);
  if (words.size() < 2) return {};
  const std::span<const std::string> before(words.data() + 1, words.size() - 2);
  return Position(commands, before).what_fits(words.back(), lookup);
}

std::string behind_last_break(const std::string& line, const std::string& word) {
  const auto typed = words_of(line).back();
  const auto cut = typed.find_last_of(":=");
  return cut == std::string::npos ? word : word.substr(std::min(cut + 1, word.size()));
}

const char* const kBashCompletion =
    R"bash(# bash completion for earshotctl: source <(earshotctl completion bash)
_earshotctl() {
  local line word
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == '@files' ]]; then compopt -o default; continue; fi
    printf -v word '%q' "$line"
    [[ $line == *= ]] && word=$line && compopt -o nospace
    COMPREPLY+=("$word")
  done < <("${COMP_WORDS[0]}" __complete "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -F _earshotctl earshotctl
)bash";

}  // namespace earshot::ctl
