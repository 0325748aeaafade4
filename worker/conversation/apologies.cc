#include "worker/conversation/apologies.h"

namespace earshot::worker {

namespace {

bool is_chinese(std::string_view language) {
  return language.starts_with("zh");
}

}  // namespace

std::string apology_text(Apology apology, std::string_view language) {
  const bool chinese = is_chinese(language);
  switch (apology) {
    case Apology::kHeardNothing:
      return chinese ? "我没有听到声音。" : "I did not hear anything.";
    case Apology::kNotHeard:
      return chinese ? "抱歉，我刚才没有听清。" : "Sorry, I could not hear that. Please say it again.";
    case Apology::kNoAnswer:
      return chinese ? "抱歉，我现在回答不了。" : "Sorry, I can not answer right now.";
    case Apology::kNoVoice:
      return chinese ? "我现在说不出话来。" : "I can not speak right now.";
  }
  return {};
}

std::string alert_title(std::string_view language) {
  return is_chinese(language) ? "抱歉" : "Sorry";
}

std::string farewell_text(std::string_view language) {
  return is_chinese(language) ? "再见。" : "Goodbye.";
}

std::string filler_text(std::string_view language) {
  return is_chinese(language) ? "请稍等。" : "One moment.";
}

}  // namespace earshot::worker
