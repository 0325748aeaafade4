#include "worker/speaking/sentence_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> split(const std::vector<std::string>& deltas) {
  SentenceSplitter splitter;
  std::vector<std::string> out;
  for (const std::string& delta : deltas) {
    for (std::string& sentence : splitter.add(delta)) out.push_back(std::move(sentence));
  }
  for (std::string& sentence : splitter.flush()) out.push_back(std::move(sentence));
  return out;
}

TEST(SentenceSplitter, CutsBehindTheMarksOfASentence) {
  EXPECT_THAT(split({"One. Two! Three? Four"}), ElementsAre("One.", "Two!", "Three?", "Four"));
  EXPECT_THAT(split({"你好！我很好。再见"}), ElementsAre("你好！", "我很好。", "再见"));
  EXPECT_THAT(split({"a line\nanother"}), ElementsAre("a line", "another"));
  EXPECT_THAT(split({"  ", " \n "}), IsEmpty());
}

TEST(SentenceSplitter, KeepsNumbersAndAbbreviationsTogether) {
  EXPECT_THAT(split({"It is 3.5 degrees. At 5 p.m. it rains."}),
              ElementsAre("It is 3.5 degrees.", "At 5 p.m. it rains."));
}

TEST(SentenceSplitter, KnowsTheSentencesOfManyScripts) {
  const struct {
    std::string text;
    std::vector<std::string> sentences;
  } cases[] = {
      {"今日は晴れです。明日は雨でしょう！傘は？", {"今日は晴れです。", "明日は雨でしょう！", "傘は？"}},
      {"안녕하세요. 네. 잘 지내요?", {"안녕하세요.", "네.", "잘 지내요?"}},
      {"नमस्ते। आप कैसे हैं।", {"नमस्ते।", "आप कैसे हैं।"}},
      {"كيف حالك؟ أنا بخير.", {"كيف حالك؟", "أنا بخير."}},
      {"Привет. Как дела? И т. д. и т. п. Всё.", {"Привет.", "Как дела?", "И т. д. и т. п. Всё."}},
      {"Das ist z. B. Herr Dr. Maier. Am 21. November kommt er.",
       {"Das ist z. B. Herr Dr. Maier.", "Am 21. November kommt er."}},
      {"Mr. Smith met J. Doe. They talked.", {"Mr. Smith met J. Doe.", "They talked."}},
      {"Well... I think so. Wait... what?", {"Well...", "I think so.", "Wait... what?"}},
      {"嗯……好的！！真的？！是", {"嗯……好的！！", "真的？！", "是"}},
      {"“你好。”他说。（真的。）好", {"“你好。”", "他说。", "（真的。）", "好"}},
      {"He said \"Stop!\" Then he left. (So it goes.) End",
       {"He said \"Stop!\"", "Then he left.", "(So it goes.)", "End"}},
      {"Version 2.0.1 is at example.com. It is 100. Good.",
       {"Version 2.0.1 is at example.com.", "It is 100.", "Good."}},
  };
  for (const auto& one : cases) EXPECT_EQ(split({one.text}), one.sentences) << one.text;
}

TEST(SentenceSplitter, DoesNotCutInitials) {
  EXPECT_THAT(split({"J.K. Rowling wrote it. That was J. R. R. Tolkien. Done"}),
              ElementsAre("J.K. Rowling wrote it.", "That was J. R. R. Tolkien.", "Done"));
  EXPECT_THAT(split({"The U.S. Army. Г.П. Петров. Да"}), ElementsAre("The U.S. Army.", "Г.П. Петров.", "Да"));
}

TEST(SentenceSplitter, AsciiMarksBetweenIdeographsNeedNoBlank) {
  EXPECT_THAT(split({"好的!今天天气不错;气温3.5度.你想出门吗?走吧"}),
              ElementsAre("好的!", "今天天气不错;", "气温3.5度.", "你想出门吗?", "走吧"));
  EXPECT_THAT(split({"a!b?c;d"}), ElementsAre("a!b?c;d"));
}

TEST(SentenceSplitter, ALongSentenceIsCutAtAComma) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "一二三四五六七八九十，";
  for (const std::string& sentence : split({text})) EXPECT_TRUE(sentence.ends_with("，")) << sentence;
}

TEST(SentenceSplitter, AClosingMarkThatComesLateIsDropped) {
  EXPECT_THAT(split({"“好。", "”", "走吧！", "！", "再见"}), ElementsAre("“好。", "走吧！", "再见"));
}

TEST(SentenceSplitter, CutsALongFirstSentenceAtACommaAndLaterOnesNot) {
  const std::string english =
      "Well, the weather will be mostly sunny today, with a few clouds in the afternoon";
  EXPECT_THAT(
      split({english, " and rain. First, there is more to say about it, and then even more of it, too."}),
      ElementsAre("Well, the weather will be mostly sunny today,",
                  "with a few clouds in the afternoon and rain.",
                  "First, there is more to say about it, and then even more of it, too."));
  EXPECT_THAT(split({"今天的天气总体来说非常不错，", "不过下午可能会有一点小雨所以请带伞"}),
              ElementsAre("今天的天气总体来说非常不错，", "不过下午可能会有一点小雨所以请带伞"));
  EXPECT_THAT(split({"I can change the volume, the brightness and the theme, and tell you the time."}),
              SizeIs(1))
      << "its end is in sight";
}

TEST(SentenceSplitter, ManyBytesWithoutAnyMarkStayBounded) {
  SentenceSplitter splitter;
  std::size_t bytes = 0;
  const auto check = [&](const std::vector<std::string>& sentences) {
    for (const std::string& sentence : sentences) {
      EXPECT_LE(sentence.size(), SentenceSplitter::kMaxSentenceBytes);
      bytes += sentence.size();
    }
  };
  for (int i = 0; i < 1000; ++i) check(splitter.add(std::string(100, 'x')));
  check(splitter.flush());
  EXPECT_EQ(bytes, 100'000U);
}

TEST(SentenceSplitter, GivesASentenceAsSoonAsItsEndIsCertain) {
  SentenceSplitter splitter;
  EXPECT_THAT(splitter.add("Hello"), IsEmpty());
  EXPECT_THAT(splitter.add("."), IsEmpty());
  EXPECT_THAT(splitter.add(" How"), ElementsAre("Hello."));
  EXPECT_THAT(splitter.add(" are you?"), IsEmpty());
  EXPECT_THAT(splitter.flush(), ElementsAre("How are you?"));
}

TEST(SentenceSplitter, CutsEndlessTextBetweenWordsOrCharacters) {
  std::string words;
  for (int i = 0; i < 300; ++i) words += "word ";
  for (const std::string& sentence : split({words}))
    EXPECT_LE(sentence.size(), SentenceSplitter::kMaxSentenceBytes);
  std::string chinese;
  for (int i = 0; i < 500; ++i) chinese += "字";
  for (const std::string& sentence : split({chinese})) {
    EXPECT_LE(sentence.size(), SentenceSplitter::kMaxSentenceBytes);
    EXPECT_EQ(sentence.size() % 3, 0U);
  }
}

TEST(SentenceSplitter, AnyCutOfTheStreamGivesTheSameSentences) {
  const std::string text = "Hello there. It is 2:05 p.m. now! 你好。Bye? Yes";
  const auto whole = split({text});
  for (std::size_t i = 0; i <= text.size(); ++i)
    EXPECT_EQ(split({text.substr(0, i), text.substr(i)}), whole) << i;
}

}  // namespace
}  // namespace earshot::worker
