#include "bench/speech/speech_tables.h"

#include <algorithm>
#include <cstdio>
#include <functional>

namespace earshot::bench {

namespace {

std::string number(double value, int decimals) {
  char room[32];
  std::snprintf(room, sizeof room, "%.*f", decimals, value);
  return room;
}

std::string row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

std::string head(const std::vector<std::string>& cells) {
  std::string line = row(cells) + "|";
  for (std::size_t i = 0; i < cells.size(); ++i) line += "---|";
  return line + "\n";
}

template <class Value, class Results, class Get>
std::vector<Value> distinct(const Results& results, Get get) {
  std::vector<Value> values;
  for (const auto& result : results) {
    const Value value = get(result);
    if (std::ranges::find(values, value) == values.end()) values.push_back(value);
  }
  return values;
}

// A line for each voice and channel of `set`, a column a recogniser.
std::string set_table(const std::string& title, const std::string& set,
                      const std::vector<RecogniserResult>& results,
                      const std::function<std::string(const SetResult&)>& cell) {
  std::vector<std::string> names{"voice", "channel"};
  for (const RecogniserResult& result : results) names.push_back(result.name);
  std::string table = "\n" + title + "\n\n" + head(names);
  bool any = false;
  for (const SetResult& first : results.front().sets) {
    if (first.set != set) continue;
    any = true;
    std::vector<std::string> cells{first.voice, first.channel};
    for (const RecogniserResult& result : results) {
      const auto same = std::ranges::find_if(result.sets, [&](const SetResult& other) {
        return other.set == set && other.voice == first.voice && other.channel == first.channel;
      });
      cells.push_back(same == result.sets.end() ? "-" : cell(*same));
    }
    table += row(cells);
  }
  return any ? table : std::string();
}

}  // namespace

json::object to_json(const RecogniserResult& result) {
  json::array sets;
  for (const SetResult& set : result.sets) {
    sets.push_back(json::object{{"set", set.set},
                                {"voice", set.voice},
                                {"channel", set.channel},
                                {"words", set.errors.words},
                                {"errors", set.errors.errors},
                                {"sentences", set.errors.sentences},
                                {"exact", set.errors.exact},
                                {"done", set.done},
                                {"wrong", set.wrong},
                                {"invented", set.invented}});
  }
  return {{"name", result.name},
          {"sets", std::move(sets)},
          {"seconds", result.seconds},
          {"cpu_seconds", result.cpu_seconds},
          {"rss_mb", result.rss_mb}};
}

RecogniserResult recogniser_result(const json::object& written) {
  RecogniserResult result{.name = std::string(written.at("name").as_string()),
                          .sets = {},
                          .seconds = written.at("seconds").to_number<double>(),
                          .cpu_seconds = written.at("cpu_seconds").to_number<double>(),
                          .rss_mb = written.at("rss_mb").to_number<double>()};
  for (const json::value& value : written.at("sets").as_array()) {
    const json::object& set = value.as_object();
    const auto count = [&set](const char* key) { return set.at(key).to_number<std::size_t>(); };
    result.sets.push_back({.set = std::string(set.at("set").as_string()),
                           .voice = std::string(set.at("voice").as_string()),
                           .channel = std::string(set.at("channel").as_string()),
                           .errors = {.words = count("words"),
                                      .errors = count("errors"),
                                      .sentences = count("sentences"),
                                      .exact = count("exact")},
                           .done = static_cast<int>(count("done")),
                           .wrong = static_cast<int>(count("wrong")),
                           .invented = static_cast<int>(count("invented"))});
  }
  return result;
}

std::string recogniser_tables(const std::vector<RecogniserResult>& results) {
  if (results.empty()) return {};
  const auto errors = [](const SetResult& set) {
    return number(set.errors.percent(), 1) + " % (" + std::to_string(set.errors.exact) + "/" +
           std::to_string(set.errors.sentences) + ")";
  };
  std::string text = head({"recogniser", "CPU seconds a second of speech", "memory"});
  for (const RecogniserResult& result : results)
    text += row({result.name, number(result.real_time_factor(), 3), number(result.rss_mb, 0) + " MB"});
  text += set_table("People: word errors (sentences without one)", "people", results, errors);
  text += set_table("Free sentences: word errors (sentences without one)", "free", results, errors);
  text +=
      set_table("Free sentences that were taken for a command", "free", results, [](const SetResult& set) {
        return std::to_string(set.wrong) + "/" + std::to_string(set.errors.sentences);
      });
  text += set_table("Commands that were understood (as another command)", "commands", results,
                    [](const SetResult& set) {
                      return std::to_string(set.done) + "/" + std::to_string(set.errors.sentences) + " (" +
                             std::to_string(set.wrong) + ")";
                    });
  text += set_table("Noises, if a detector let them through: words that would be answered (as a command)",
                    "noise", results, [](const SetResult& set) {
                      return std::to_string(set.invented) + "/" + std::to_string(set.errors.sentences) +
                             " (" + std::to_string(set.wrong) + ")";
                    });
  return text;
}

std::string detector_table(const std::vector<DetectorResult>& results) {
  const auto names = distinct<std::string>(results, [](const DetectorResult& result) { return result.name; });
  const auto sounds =
      distinct<std::string>(results, [](const DetectorResult& result) { return result.sound; });
  std::vector<std::string> columns{"sound", "seconds"};
  columns.insert(columns.end(), names.begin(), names.end());
  std::string table = head(columns);
  for (const std::string& sound : sounds) {
    std::vector<std::string> cells{sound, ""};
    for (const std::string& name : names) {
      const auto found = std::ranges::find_if(results, [&](const DetectorResult& result) {
        return result.name == name && result.sound == sound;
      });
      if (found == results.end()) {
        cells.emplace_back("-");
        continue;
      }
      const Triggers& triggers = found->triggers;
      cells[1] = number(triggers.seconds, 0);
      cells.push_back(std::to_string(triggers.ended) + " (" + std::to_string(triggers.started) + " begun, " +
                      number(100 * triggers.speech_seconds / std::max(triggers.seconds, 0.02), 1) + " %)");
    }
    table += row(cells);
  }
  return table;
}

}  // namespace earshot::bench
