#include "worker/speaking/emotion_tags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/speaking/reply_text.h"

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// Text, and tags with their faces as <tag:face>.
std::string marked(std::string_view text, std::size_t step, std::map<std::string, std::string> own = {}) {
  EmotionTags tags(std::move(own));
  std::string all;
  for (std::size_t i = 0; i < text.size(); i += step) {
    for (const auto& part : tags.feed(text.substr(i, step))) {
      all += part.text;
      if (!part.tag.empty()) all += '<' + part.tag + ':' + part.face + '>';
    }
  }
  return all + tags.flush();
}

TEST(EmotionTags, AreTakenOutHoweverTheTextIsCut) {
  for (std::size_t step = 1; step < 30; ++step) {
    EXPECT_EQ(marked("[happy]Hello. [ Sad ] Oh [shy].", step, {{"shy", "embarrassed"}}),
              "<happy:happy>Hello. <sad:sad> Oh <shy:embarrassed>.")
        << step;
  }
  EXPECT_EQ(marked("[开心]你好", 1, {{"开心", "happy"}}), "<开心:happy>你好");
}

TEST(EmotionTags, OtherBracketsStay) {
  for (const std::string& text :
       {std::string("see [1] and [a link](x)"), std::string("[["), std::string("a [happy"), std::string("[]"),
        std::string("[happy\n]"), "[" + std::string(200, 'x') + "]"}) {
    for (const std::size_t step : {1U, 7U, 1000U}) EXPECT_EQ(marked(text, step), text);
  }
  EXPECT_EQ(marked("[[happy]", 1), "[<happy:happy>");
}

TEST(EmotionTags, AVoiceFeelsFromTheSentenceBehindTheTagOn) {
  for (const std::size_t step : {1U, 5U, 1000U}) {
    ReplyText reply(8192, {{"shy", "embarrassed"}});
    std::vector<std::pair<std::string, std::string>> said;
    std::vector<std::string> faces;
    std::string feeling;
    const auto take = [&](const ReplyText::Piece& piece) {
      if (!piece.emotion.empty()) faces.push_back(piece.emotion);
      std::size_t next = 0;
      for (std::size_t i = 0; i <= piece.sentences.size(); ++i) {
        while (next < piece.feelings.size() && piece.feelings[next].first == i)
          feeling = piece.feelings[next++].second;
        if (i < piece.sentences.size()) said.emplace_back(piece.sentences[i], feeling);
      }
    };
    const std::string text = "Well. [shy]Hello there. [happy] Good day!";
    for (std::size_t i = 0; i < text.size(); i += step) take(reply.add(text.substr(i, step)));
    take(reply.flush());
    EXPECT_THAT(said, ElementsAre(Pair("Well.", ""), Pair("Hello there.", "shy"), Pair("Good day!", "happy")))
        << step;
    EXPECT_THAT(faces, ElementsAre("embarrassed")) << "the first, as of emoji";
  }
}

TEST(EmotionTags, ATagAloneIsNoSentence) {
  ReplyText reply(8192);
  const auto piece = reply.add("[happy]");
  EXPECT_EQ(piece.emotion, "happy");
  EXPECT_THAT(piece.sentences, IsEmpty());
  EXPECT_THAT(reply.flush().sentences, IsEmpty());
}

}  // namespace
}  // namespace earshot::worker
