#include "bench/simulator/realtime/realtime_command.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/simulator/speech_source.h"

namespace earshot::simulator {

namespace {

// What the options were parsed into, where that is not RealtimeOptions itself.
struct RawRealtime {
  std::vector<std::string> say;
  std::vector<std::string> wav;
  std::vector<std::string> text;
  std::string key;
  std::int64_t barge_in_after_ms = -1;
  double timeout_s = 60;
};

// In the order of the command line.
std::vector<Utterance> in_order(const CLI::App& command, const RawRealtime& raw) {
  std::vector<Utterance> all;
  std::size_t said = 0;
  std::size_t played = 0;
  std::size_t typed = 0;
  for (const CLI::Option* option : command.parse_order()) {
    if (option->get_name() == "--say") all.push_back({Utterance::Kind::kSay, raw.say[said++]});
    if (option->get_name() == "--wav") all.push_back({Utterance::Kind::kWav, raw.wav[played++]});
    if (option->get_name() == "--text") all.push_back({Utterance::Kind::kType, raw.text[typed++]});
  }
  return all;
}

void add_caller(CLI::App& command, RealtimeOptions& options, RawRealtime& raw) {
  const auto repeatable = [](CLI::Option* option) {
    return option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
  };
  repeatable(command.add_option("--say", raw.say,
                                "Speak TEXT; repeat for further turns, in any mix with --wav, --text"))
      ->type_name("TEXT");
  repeatable(command.add_option("--wav", raw.wav, "Speak what is in FILE"))
      ->type_name("FILE")
      ->check(CLI::Validator(CLI::ExistingFile).description(""));
  repeatable(command.add_option("--text", raw.text, "Type TEXT"))->type_name("TEXT");
  command.add_option("--voice", options.voice, "Voice of --say: slt rms awb kal16 espeak-us espeak-gb")
      ->check(CLI::IsMember(kVoices).description(""))
      ->capture_default_str()
      ->type_name("NAME");
  command
      .add_option("--barge-in-after", raw.barge_in_after_ms,
                  "The second turn interrupts the first answer, MS after its first sound")
      ->check(CLI::Range(0, 600'000).description(""))
      ->type_name("MS");
}

}  // namespace

std::function<void()> add_realtime(CLI::App& app, RealtimeOptions& options) {
  const auto raw = std::make_shared<RawRealtime>();
  CLI::App* command =
      app.add_subcommand("realtime", "A person calls an agent over OpenAI Realtime, as apps and browsers do");
  command->footer(
      "Exit codes: 0 every turn was answered; 1 not so (no connection, no answer, out of time); 64 usage.\n\n"
      "  earshot-sim realtime --text \"what time is it\"\n"
      "  earshot-sim realtime --wav question.wav --out answer.wav --agent bear\n"
      "  earshot-sim realtime --say \"what can you do\" --barge-in-after 1500 --say \"stop\"");
  add_caller(*command, options, *raw);
  command->add_option("--url", options.url, "The door")->capture_default_str()->type_name("URL");
  command
      ->add_option("--key", raw->key, "A token, or an ephemeral key; others see it in the list of processes")
      ->type_name("TEXT");
  command->add_option("--key-file", options.key_file, "The file that holds it")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--agent", options.agent, "Who is called")
      ->capture_default_str()
      ->type_name("NAME")
      ->check([](const std::string& name) {
        constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789._-";
        return name.find_first_not_of(kPlain) == std::string::npos ? std::string()
                                                                   : "no agent's name: " + name;
      });
  command->add_option("--instructions", options.instructions, "In place of the agent's prompt")
      ->type_name("TEXT");
  command->add_option("--reply-voice", options.reply_voice, "The voice of the answers")->type_name("NAME");
  command->add_flag("--silent", options.silent, "Answers come in writing");
  command->add_option("--out", options.out_path, "Write what was heard of the answers as a 24 kHz WAV file")
      ->type_name("FILE");
  command
      ->add_option("--json", options.json_path, "Write one JSON object a line, a summary last; - is stdout")
      ->type_name("FILE");
  command->add_option("--timeout", raw->timeout_s, "Give up after S seconds")
      ->check(CLI::Range(0.1, 86'400.0).description(""))
      ->capture_default_str()
      ->type_name("S");
  command->add_flag("--quiet", options.quiet, "No story");
  return [command, raw, &options] {
    options.utterances = in_order(*command, *raw);
    if (options.utterances.empty()) throw CLI::RequiredError("one of --say, --wav, --text");
    options.key = Secret(raw->key);
    options.timeout = Milliseconds(static_cast<std::int64_t>(raw->timeout_s * 1000));
    if (raw->barge_in_after_ms < 0) return;
    if (options.utterances.size() < 2)
      throw CLI::ValidationError("--barge-in-after", "needs a second turn to interrupt with");
    options.barge_in_after = Milliseconds(raw->barge_in_after_ms);
  };
}

}  // namespace earshot::simulator
