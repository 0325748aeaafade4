#include "gateway/control/lore/pdf_text.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace earshot::gateway {
namespace {

using std::chrono_literals::operator""ms;

class PdfTextTest : public testing::Test {
 protected:
  ~PdfTextTest() override { std::filesystem::remove(program_); }
  // A program in the place of pdftotext.
  Result<std::string> read(const std::string& script, const std::string& pdf, PdfTextLimits limits = {}) {
    {
      std::ofstream file(program_);
      file << "#!/bin/sh\n" << script << '\n';
    }
    ::chmod(program_.c_str(), 0700);
    return run(program_, pdf, limits);
  }
  static Result<std::string> run(const std::string& program, const std::string& pdf,
                                 PdfTextLimits limits = {}) {
    asio::io_context io;
    Result<std::string> result = Error{ErrorCode::kInternal, "not called"};
    read_pdf_text(io.get_executor(), program, pdf, limits,
                  [&](Result<std::string> done) { result = std::move(done); });
    io.run();
    return result;
  }

  const std::string program_ =
      std::filesystem::path(testing::TempDir()) / ("earshot_pdftotext_" + std::to_string(::getpid()));
};

TEST_F(PdfTextTest, GivesTheFileAndTakesTheText) {
  const std::string pdf(100'000, 'p');
  const auto text = read("exec /bin/cat \"$7\"", pdf);
  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_EQ(*text, pdf);
}

TEST_F(PdfTextTest, ADamagedFileIsRefused) {
  EXPECT_EQ(read("echo half; exit 1", "x").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(read("kill -9 $$", "x").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(run("/nowhere/pdftotext", "x").error().code, ErrorCode::kInvalid);
}

TEST_F(PdfTextTest, TooMuchTextAndTooMuchTimeEndIt) {
  EXPECT_EQ(read("while :; do echo more; done", "x", {.text_bytes = 1000}).error().code,
            ErrorCode::kTooLarge);
  EXPECT_EQ(read("while :; do :; done", "x", {.patience = 100ms}).error().code, ErrorCode::kTimeout);
}

TEST_F(PdfTextTest, ItHasNothingOfOursAndWritesNoFile) {
  ::setenv("EARSHOT_TEST_SECRET", "purple", 1);
  const auto text = read("echo \"[$EARSHOT_TEST_SECRET]\"", "x");
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, "[]\n");
  EXPECT_EQ(read("echo x > \"$0.out\"", "x").error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(!std::filesystem::exists(program_ + ".out") ||
              std::filesystem::file_size(program_ + ".out") == 0);
  std::filesystem::remove(program_ + ".out");
}

TEST_F(PdfTextTest, WithoutTheProgramItSaysWhatToInstall) {
  const auto text = run("", "x");
  EXPECT_EQ(text.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(text.error().message.find("poppler-utils"), std::string::npos);
}

}  // namespace
}  // namespace earshot::gateway
