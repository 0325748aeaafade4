// Who may read what is written, and what is read. Where others are needed, only root can run it.
#include "common/tls/pem_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace earshot::tls {
namespace {

constexpr uid_t kSomebody = 65534;

class PemFilesTest : public testing::Test {
 protected:
  PemFilesTest() { std::filesystem::create_directory(folder_); }
  ~PemFilesTest() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("pem_files_" + std::to_string(::getpid()));
};

// Of this process, while it is held.
class Somebody {
 public:
  Somebody() : done_(::setegid(kSomebody) == 0 && ::seteuid(kSomebody) == 0) {}
  ~Somebody() { EXPECT_TRUE(::seteuid(0) == 0 && ::setegid(0) == 0); }
  bool done() const { return done_; }

 private:
  bool done_;
};

TEST_F(PemFilesTest, AKeyOfRootsMayBeReadByWayOfItsGroup) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const auto file = folder_ / "key";
  std::ofstream(file) << "secret";
  ASSERT_EQ(::chown(file.c_str(), 0, kSomebody), 0);
  std::filesystem::permissions(file, std::filesystem::perms(0440));
  EXPECT_FALSE(read_key_file(file).ok()) << "root does not need the group";
  const Somebody somebody;
  ASSERT_TRUE(somebody.done());
  EXPECT_TRUE(read_key_file(file).ok());
}

TEST_F(PemFilesTest, AKeyOfRootsThatEverybodyMayReadIsNotUsed) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const auto file = folder_ / "key";
  std::ofstream(file) << "secret";
  std::filesystem::permissions(file, std::filesystem::perms(0444));
  const Somebody somebody;
  ASSERT_TRUE(somebody.done());
  EXPECT_EQ(read_key_file(file).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace earshot::tls
