#include "gateway/control/firmware/firmware_library.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "tests/fakes/inline_store.h"
#include "tests/fakes/manual_clock.h"

namespace earshot::gateway {
namespace {

class FirmwareLibraryTest : public testing::Test {
 protected:
  ~FirmwareLibraryTest() override { std::filesystem::remove_all(folder_); }
  void keep_image(const std::string& id) {
    store::FirmwareImage image;
    image.id = id;
    image.board = "box";
    image.version = "2.5.0";
    image.enabled = true;
    image.percentage = 100;
    store_.now().firmware().put(image);
  }
  void keep_file(const std::string& id) {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / (id + ".bin")) << "image";
  }
  void start() {
    library_.emplace(
        FirmwareLibrary::Parts{.store = store_, .hub = hub_, .clock = clock_, .executor = io_.get_executor()},
        folder_, Secret("device key"), "http://192.0.2.1:8003");
    library_->load(store_.now().firmware().all());
  }
  // Files are removed on a thread of its own, which is joined.
  bool file_stays(const std::string& id) {
    library_.reset();
    return std::filesystem::exists(folder_ / (id + ".bin"));
  }
  void run() {
    io_.restart();
    io_.poll();
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("earshot_library_" + std::to_string(::getpid()));
  asio::io_context io_{1};
  fakes::ManualClock clock_;
  fakes::InlineStore store_;
  EventHub hub_{clock_};
  std::optional<FirmwareLibrary> library_;
};

TEST_F(FirmwareLibraryTest, AFileWithoutARecordGoesAtTheStart) {
  keep_image("aa");
  keep_file("aa");
  keep_file("bb");
  start();
  EXPECT_EQ(library_->images().size(), 1U);
  EXPECT_FALSE(file_stays("bb"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "aa.bin"));
}

TEST_F(FirmwareLibraryTest, ARecordWithoutItsFileIsNotOffered) {
  keep_image("aa");
  start();
  BootReport report;
  report.device = *DeviceId::parse("02:00:00:00:00:01");
  report.board = "box";
  report.version = "2.4.2";
  EXPECT_FALSE(library_->booted(report, true));
  EXPECT_EQ(library_->find("aa"), nullptr);
}

TEST_F(FirmwareLibraryTest, ARollOutThatIsOffIsOffOnDiskBeforeItIsTold) {
  keep_image("aa");
  keep_file("aa");
  start();
  const auto switch_off = [this] {
    bool kept = false;
    library_->change("aa",
                     {.enabled = false, .percentage = {}, .minimum_version = {}, .force = {}, .notes = {}},
                     std::nullopt, [&](const Result<store::FirmwareImage>& changed) { kept = changed.ok(); });
    run();
    return kept;
  };
  store_.fail_with(Error{ErrorCode::kUnavailable, "disk full"});
  EXPECT_FALSE(switch_off());
  EXPECT_TRUE(library_->find("aa")->enabled) << "nothing was changed";
  store_.fail_with(std::nullopt);
  EXPECT_TRUE(switch_off());
  EXPECT_FALSE(library_->find("aa")->enabled);
  EXPECT_FALSE(store_.now().firmware().all().front().enabled);
}

TEST_F(FirmwareLibraryTest, AnImageWhoseRecordStaysKeepsItsFile) {
  keep_image("aa");
  keep_file("aa");
  start();
  store_.fail_with(Error{ErrorCode::kUnavailable, "disk full"});
  bool removed = true;
  library_->remove("aa", std::nullopt, [&](const Status& status) { removed = status.ok(); });
  run();
  EXPECT_FALSE(removed);
  EXPECT_NE(library_->find("aa"), nullptr);
  EXPECT_TRUE(file_stays("aa"));
}

}  // namespace
}  // namespace earshot::gateway
