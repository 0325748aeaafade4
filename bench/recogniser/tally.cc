#include "bench/recogniser/tally.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace earshot::bench {

namespace {

constexpr std::size_t kNameColumn = 38;
constexpr std::size_t kCellColumn = 9;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string right_aligned(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : " " + text;
}

std::string decimal(double value) {
  char room[32];
  std::snprintf(room, sizeof room, "%.1f", value);
  return room;
}

std::string line(const std::string& name, const Count& count) {
  std::string text = padded(name, kNameColumn);
  for (const std::size_t number :
       {count.all(), count.right, count.reworded, count.refused, count.other_command})
    text += right_aligned(std::to_string(number), kCellColumn);
  return text + right_aligned(decimal(count.right_percent()), kCellColumn);
}

std::string cell(const Count& count) {
  if (count.sure()) return decimal(count.least_margin);
  return std::to_string(count.right) + "/" + std::to_string(count.all());
}

json::object to_json(const Count& count) {
  return {{"all", count.all()},
          {"right", count.right},
          {"reworded", count.reworded},
          {"refused", count.refused},
          {"other_command", count.other_command},
          {"right_percent", std::round(count.right_percent() * 100) / 100},
          {"least_margin", std::round(count.least_margin * 10) / 10}};
}

}  // namespace

Verdict judge(std::string_view spoken, const worker::Transcript& heard,
              const worker::IntentMatcher& matcher) {
  if (!heard.understood) return Verdict::kRefused;
  if (heard.text == spoken) return Verdict::kRight;
  const auto meant = matcher.match(spoken);
  const auto done = matcher.match(heard.text);
  const bool same = meant && done && meant->intent == done->intent && meant->number == done->number;
  return same ? Verdict::kReworded : Verdict::kOtherCommand;
}

double Count::right_percent() const {
  return all() == 0 ? 0 : 100.0 * static_cast<double>(right) / static_cast<double>(all());
}

Count Tally::count(std::string_view sentence, std::string_view voice, std::string_view room) const {
  const auto fits = [](std::string_view wanted, const std::string& is) {
    return wanted.empty() || wanted == is;
  };
  Count count;
  for (const Hearing& hearing : hearings_) {
    if (!fits(sentence, hearing.sentence) || !fits(voice, hearing.voice) || !fits(room, hearing.room))
      continue;
    switch (hearing.verdict) {
      case Verdict::kRight:
        count.least_margin = count.right == 0 ? hearing.margin : std::min(count.least_margin, hearing.margin);
        ++count.right;
        break;
      case Verdict::kReworded:
        ++count.reworded;
        break;
      case Verdict::kRefused:
        ++count.refused;
        break;
      case Verdict::kOtherCommand:
        ++count.other_command;
        break;
    }
  }
  return count;
}

std::vector<std::string> Tally::names(std::string Hearing::*which) const {
  std::vector<std::string> all;
  for (const Hearing& hearing : hearings_) {
    if (std::ranges::find(all, hearing.*which) == all.end()) all.push_back(hearing.*which);
  }
  return all;
}

std::string to_text(const Tally& tally, std::string_view room) {
  std::string text = padded("", kNameColumn);
  for (const char* head : {"spoken", "right", "reworded", "refused", "other", "right %"})
    text += right_aligned(head, kCellColumn);
  text += "\n" + line("all", tally.count({}, {}, {})) + "\n\n";
  for (const std::string& name : tally.rooms())
    text += line("room " + name, tally.count({}, {}, name)) + "\n";
  text += "\n";
  for (const std::string& name : tally.voices())
    text += line("voice " + name, tally.count({}, name, {})) + "\n";
  text += "\n";
  for (const std::string& name : tally.sentences()) text += line(name, tally.count(name, {}, {})) + "\n";

  text += "\n" + padded("room " + std::string(room) + ": least margin", kNameColumn);
  for (const std::string& voice : tally.voices()) text += right_aligned(voice, kCellColumn);
  text += "\n";
  for (const std::string& sentence : tally.sentences()) {
    text += padded(sentence, kNameColumn);
    for (const std::string& voice : tally.voices())
      text +=
          right_aligned(cell(tally.count(sentence, voice, room)), std::max(kCellColumn, voice.size() + 1));
    text += "\n";
  }
  return text;
}

json::object to_json(const Tally& tally) {
  json::object rooms;
  json::object voices;
  json::object sentences;
  json::array pairs;
  for (const std::string& name : tally.rooms()) rooms[name] = to_json(tally.count({}, {}, name));
  for (const std::string& name : tally.voices()) voices[name] = to_json(tally.count({}, name, {}));
  for (const std::string& sentence : tally.sentences()) {
    sentences[sentence] = to_json(tally.count(sentence, {}, {}));
    for (const std::string& voice : tally.voices()) {
      for (const std::string& room : tally.rooms()) {
        const Count count = tally.count(sentence, voice, room);
        if (count.all() == 0) continue;
        json::object pair = to_json(count);
        pair["sentence"] = sentence;
        pair["voice"] = voice;
        pair["room"] = room;
        pairs.emplace_back(std::move(pair));
      }
    }
  }
  return {{"all", to_json(tally.count({}, {}, {}))},
          {"rooms", std::move(rooms)},
          {"voices", std::move(voices)},
          {"sentences", std::move(sentences)},
          {"pairs", std::move(pairs)}};
}

}  // namespace earshot::bench
