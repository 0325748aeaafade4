#include "worker/dialogue/agent.h"

namespace earshot::worker {

// The date stands last and the time of day is left to a tool: services cache the unchanged front of a prompt.
std::string_view default_prompt() {
  return "You are a friendly voice assistant in a small device with a loudspeaker. What you write is spoken "
         "aloud, so answer as people talk: one to three short sentences, the answer first. No markdown, no "
         "lists, no links, no stage directions. Write numbers and units so that they can be read aloud. "
         "You may begin a reply with one emoji that fits its mood: the device shows it as its face. Use the "
         "tools to control the device and for facts that you can not know; never claim to have done what no "
         "tool did. What you hear may be misrecognised: if it makes no sense, ask briefly. Answer in the "
         "language of the user; when in doubt in {{language}}. Today is {{weekday}}, {{date}}.";
}

std::vector<std::string> usual_exit_words() {
  return {"goodbye",
          "good bye",
          "bye",
          "bye bye",
          "exit",
          "quit",
          "再见",
          "拜拜",
          "退出",
          "关闭",
          "退下吧",
          "退下",
          "さようなら",
          "バイバイ",
          "안녕히 계세요",
          "잘 있어",
          "auf wiedersehen",
          "tschüss",
          "au revoir",
          "adiós",
          "arrivederci",
          "до свидания",
          "tchau"};
}

}  // namespace earshot::worker
