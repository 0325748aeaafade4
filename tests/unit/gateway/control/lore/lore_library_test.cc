#include "gateway/control/lore/lore_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/forgetful_store.h"
#include "tests/fakes/inline_store.h"
#include "tests/fakes/manual_clock.h"

namespace earshot::gateway {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class LoreLibraryTest : public testing::Test {
 protected:
  Result<store::LoreDocument> add(const std::string& title, std::string bytes,
                                  const std::string& agent = "house") {
    const auto result =
        std::make_shared<Result<store::LoreDocument>>(Error{ErrorCode::kInternal, "not called"});
    library.add({.agent = agent, .title = title, .bytes = std::move(bytes)},
                [result](Result<store::LoreDocument> done) { *result = std::move(done); });
    run();
    return *result;
  }
  void run() {
    io.restart();
    io.poll();
  }
  std::size_t found(const std::string& question) {
    return store.now().lore()->find("house", question, 10).size();
  }

  asio::io_context io;
  fakes::ManualClock clock;
  fakes::InlineStore store;
  std::function<void(Result<std::string>)> pdf_done;
  LoreLibrary library{io.get_executor(), store, clock,
                      [this](const std::string&, std::function<void(Result<std::string>)> done) {
                        pdf_done = std::move(done);
                      }};
};

TEST_F(LoreLibraryTest, ATextIsCutAndFound) {
  const auto added = add("guide.MD", "# Hours\nThe museum opens at nine.\n");
  ASSERT_TRUE(added.ok());
  EXPECT_EQ(added->passages, 1U);
  EXPECT_EQ(found("when does the museum open"), 1U);
}

TEST_F(LoreLibraryTest, ALongTextIsWrittenInSteps) {
  std::string text;
  for (int i = 0; i < 2000; ++i)
    text += "The museum of town " + std::to_string(i) + " opens at nine o'clock. ";
  const auto writes = store.stats().writes;
  const auto added = add("guide.txt", text);
  ASSERT_TRUE(added.ok());
  EXPECT_GT(added->passages, 100U);
  EXPECT_GE(store.stats().writes - writes, 3U);
}

TEST_F(LoreLibraryTest, ALoreBookIsFoundByItsKeys) {
  ASSERT_TRUE(add("world.yaml", "Avalon: A kingdom of mist.\n").ok());
  EXPECT_EQ(found("tell me about Avalon"), 1U);
  EXPECT_EQ(found("kingdom"), 0U);
}

TEST_F(LoreLibraryTest, APdfIsReadElsewhere) {
  (void)add("guide.pdf", "%PDF-1.7");
  ASSERT_TRUE(pdf_done);
  pdf_done(std::string("The museum opens at nine."));
  run();
  EXPECT_EQ(found("museum"), 1U);
}

TEST_F(LoreLibraryTest, APdfCountsByItsTextWhereThatIsMore) {
  (void)add("guide.pdf", "%PDF-1.7");
  pdf_done(std::string(5000, 'a'));
  run();
  EXPECT_EQ(store.now().lore()->use("house").bytes, 5000U);
}

TEST_F(LoreLibraryTest, APdfThatCannotBeReadSaysWhy) {
  Result<store::LoreDocument> result = Error{ErrorCode::kInternal, "not called"};
  library.add({.agent = "house", .title = "guide.pdf", .bytes = "%PDF"},
              [&](Result<store::LoreDocument> done) { result = std::move(done); });
  pdf_done(Error{ErrorCode::kUnavailable, "no pdftotext"});
  run();
  EXPECT_EQ(result.error().message, "no pdftotext");
}

TEST_F(LoreLibraryTest, WhatIsNoTextIsRefused) {
  EXPECT_EQ(add("picture.png", "x").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(add(".md", "x").error().code, ErrorCode::kInvalid);
  EXPECT_THAT(add("a.txt", std::string("a\0b", 3)).error().message, HasSubstr("UTF-8"));
  EXPECT_THAT(add("a.txt", "\xff\xfe").error().message, HasSubstr("UTF-8"));
  EXPECT_THAT(add("a.txt", " \n ").error().message, HasSubstr("no text"));
  EXPECT_EQ(add("a.txt", std::string(LoreLibrary::kMaxFileBytes + 1, 'a')).error().code,
            ErrorCode::kTooLarge);
  EXPECT_THAT(store.now().lore()->list(""), IsEmpty());
  EXPECT_EQ(store.now().lore()->use("house").documents, 0U);
}

TEST_F(LoreLibraryTest, AnAgentHasSoManyDocuments) {
  for (std::size_t i = 0; i < LoreLibrary::kMaxDocuments; ++i)
    ASSERT_TRUE(add("d" + std::to_string(i) + ".txt", "words").ok());
  EXPECT_EQ(add("more.txt", "words").error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(add("more.txt", "words", "bear").ok());
}

TEST_F(LoreLibraryTest, AnAgentHasSoManyBytes) {
  store.now().lore()->begin(
      {.agent = "house", .title = "big", .size_bytes = LoreLibrary::kMaxAgentBytes - 3, .added = {}});
  EXPECT_EQ(add("more.txt", "words").error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(add("more.txt", "wor").ok());
}

TEST_F(LoreLibraryTest, OnlySoManyFilesAreInMemory) {
  for (std::size_t i = 0; i < LoreLibrary::kMaxAtWork; ++i) (void)add("guide.pdf", "%PDF");
  EXPECT_EQ(add("a.txt", "words").error().code, ErrorCode::kUnavailable);
  pdf_done(std::string("text"));
  run();
  EXPECT_TRUE(add("a.txt", "words").ok());
}

TEST_F(LoreLibraryTest, AFailedStoreLeavesRoomForTheNext) {
  store.fail_with(Error{ErrorCode::kUnavailable, "gone"});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(add("a.txt", "words").error().message, "gone");
  store.fail_with(std::nullopt);
  EXPECT_TRUE(add("a.txt", "words").ok());
}

TEST_F(LoreLibraryTest, WhatIsRemovedIsSwept) {
  (void)add("a.txt", "the museum");
  Status status = Error{ErrorCode::kInternal, "not called"};
  library.remove("house", "b.txt", [&](const Status& done) { status = done; });
  run();
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
  library.remove("house", "a.txt", [&](const Status& done) { status = done; });
  run();
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(found("museum"), 0U);
  EXPECT_FALSE(store.now().lore()->sweep({}, 1)) << "all of it is gone";
}

TEST_F(LoreLibraryTest, WhatAnotherRunHasBegunIsSweptLater) {
  const auto now = std::chrono::floor<Milliseconds>(clock.wall());
  for (const auto age : {std::chrono::minutes(30), std::chrono::minutes(90)})
    store.now().lore()->begin({.agent = "house", .title = "half", .added = now - age});
  library.sweep();
  run();
  EXPECT_EQ(store.now().lore()->use("house").documents, 1U) << "another gateway may be at it";
}

TEST_F(LoreLibraryTest, AStoreWithoutDocumentsSaysSo) {
  fakes::ForgetfulStore forgetful;
  LoreLibrary other(io.get_executor(), forgetful, clock, {});
  Result<store::LoreDocument> result = Error{ErrorCode::kInternal, "not called"};
  other.add({.agent = "house", .title = "a.txt", .bytes = "words"},
            [&](Result<store::LoreDocument> done) { result = std::move(done); });
  run();
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace earshot::gateway
