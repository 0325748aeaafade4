#include "worker/providers/sherpa/shared_object.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace earshot::worker::sherpa {
namespace {

const std::string kLibrary = OTHER_SHERPA_DIR "/1.13.4/libsherpa-onnx-c-api.so";

std::string bytes_of(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

Status check_bytes(const std::string& bytes) {
  const std::string path = testing::TempDir() + "shared_object_" + std::to_string(::getpid());
  std::ofstream(path, std::ios::binary) << bytes;
  auto status = check_shared_object(path);
  std::filesystem::remove(path);
  return status;
}

TEST(SharedObject, IsTakenWhenItIsWhole) {
  EXPECT_TRUE(check_shared_object(kLibrary).ok());
}

TEST(SharedObject, IsRefusedWhereverItIsCutOff) {
  const std::string whole = bytes_of(kLibrary);
  ASSERT_GT(whole.size(), 1000U);
  for (std::size_t size = 0; size < whole.size(); size += whole.size() / 50) {
    EXPECT_FALSE(check_bytes(whole.substr(0, size)).ok()) << size << " of " << whole.size();
  }
  EXPECT_FALSE(check_bytes(whole.substr(0, whole.size() - 1)).ok());
}

TEST(SharedObject, IsNoOtherFile) {
  EXPECT_EQ(check_shared_object("/nowhere.so").error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(check_bytes("<html>404</html>").ok());
  EXPECT_FALSE(check_bytes(std::string(4096, '\0')).ok());
}

TEST(SharedObject, MayHaveTablesThatLeadAnywhere) {
  std::string hostile = bytes_of(kLibrary);
  for (const std::size_t at : {32U, 40U, 54U, 56U}) {  // e_phoff, e_shoff, e_phentsize, e_phnum
    std::string changed = hostile;
    changed.replace(at, 2, "\xff\xff");
    EXPECT_FALSE(check_bytes(changed).ok()) << at;
    changed.replace(32, 8, std::string(8, '\xff'));
    EXPECT_FALSE(check_bytes(changed).ok()) << at;
  }
}

}  // namespace
}  // namespace earshot::worker::sherpa
