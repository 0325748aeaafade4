#include "worker/providers/asr/command_grammar.h"

#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include <sphinxbase/fsg_model.h>
#include <sphinxbase/jsgf.h>
#include <sphinxbase/logmath.h>

#include "worker/providers/asr/sphinx_log.h"

namespace earshot::worker {
namespace {

using Grammar = std::unique_ptr<jsgf_t, decltype([](jsgf_t* grammar) { jsgf_grammar_free(grammar); })>;
using Network = std::unique_ptr<fsg_model_t, decltype([](fsg_model_t* network) { fsg_model_free(network); })>;
using LogMath = std::unique_ptr<logmath_t, decltype([](logmath_t* math) { logmath_free(math); })>;

// PocketSphinx takes a reference to a rule that is not there for silence: a misspelt rule would go unnoticed.
std::string first_undefined_rule(std::string_view jsgf) {
  std::set<std::string_view> defined = {"<NULL>", "<VOID>"};
  std::vector<std::string_view> used;
  for (auto open = jsgf.find('<'); open != std::string_view::npos; open = jsgf.find('<', open + 1)) {
    const auto close = jsgf.find('>', open);
    if (close == std::string_view::npos) break;
    const std::string_view rule = jsgf.substr(open, close - open + 1);
    const auto next = jsgf.find_first_not_of(" \t\r\n", close + 1);
    if (next != std::string_view::npos && jsgf[next] == '=') {
      defined.insert(rule);
    } else {
      used.push_back(rule);
    }
  }
  for (const std::string_view rule : used) {
    if (!defined.contains(rule)) return std::string(rule);
  }
  return "";
}

Result<std::set<std::string>> words_of(const std::string& jsgf) {
  if (const std::string rule = first_undefined_rule(jsgf); !rule.empty()) {
    return Error{ErrorCode::kInvalid, "the grammar uses a rule that it does not define: " + rule};
  }
  const LogMath math(logmath_init(1.0001, 0, 0));  // of no consequence: only the words are read
  const Grammar grammar(jsgf_parse_string(jsgf.c_str(), nullptr));
  if (!grammar) return Error{ErrorCode::kInvalid, "the grammar is not valid JSGF"};
  jsgf_rule_t* const rule = jsgf_get_public_rule(grammar.get());
  if (rule == nullptr) return Error{ErrorCode::kInvalid, "the grammar has no public rule"};
  const Network network(jsgf_build_fsg(grammar.get(), rule, math.get(), 1.0F));
  if (!network) return Error{ErrorCode::kInvalid, "the grammar cannot be searched"};
  std::set<std::string> words;
  for (int i = 0; i < fsg_model_n_word(network.get()); ++i) {
    words.insert(fsg_model_word_str(network.get(), i));
  }
  return words;
}

// "word", "word(2)" ... in the order of the file.
using Dictionary = std::map<std::string, std::vector<Pronunciation>, std::less<>>;

Result<Dictionary> read_dictionary(const std::string& path, const std::set<std::string>& wanted) {
  std::ifstream file(path);
  if (!file) return Error{ErrorCode::kNotFound, path + ": cannot be opened"};
  Dictionary dictionary;
  std::string line;
  while (std::getline(file, line)) {
    const auto space = line.find(' ');
    if (space == std::string::npos) continue;
    const std::string entry = line.substr(0, space);
    const std::string word = entry.substr(0, entry.find('('));
    if (wanted.contains(word)) dictionary[word].push_back({.word = entry, .phones = line.substr(space + 1)});
  }
  return dictionary;
}

}  // namespace

Result<CommandGrammar> load_command_grammar(const PocketSphinxConfig& config) {
  silence_sphinx_log();
  const auto words = words_of(config.grammar_jsgf);
  if (!words) return words.error();
  auto dictionary = read_dictionary(config.model_dir + "/cmudict-en-us.dict", *words);
  if (!dictionary) return dictionary.error();
  for (const Pronunciation& extra : config.extra_words) (*dictionary)[extra.word] = {extra};

  CommandGrammar loaded{.jsgf = config.grammar_jsgf, .pronunciations = {}};
  std::string missing;
  for (const std::string& word : *words) {
    const auto found = dictionary->find(word);
    if (found == dictionary->end()) {
      missing += (missing.empty() ? "'" : ", '") + word + "'";
      continue;
    }
    loaded.pronunciations.insert(loaded.pronunciations.end(), found->second.begin(), found->second.end());
  }
  if (!missing.empty()) {
    return Error{ErrorCode::kInvalid, "the grammar has words without pronunciation: " + missing};
  }
  return loaded;
}

}  // namespace earshot::worker
