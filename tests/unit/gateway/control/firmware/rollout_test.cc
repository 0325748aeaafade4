#include "gateway/control/firmware/rollout.h"

#include <gtest/gtest.h>

#include "gateway/control/firmware/download_link.h"
#include "gateway/control/firmware/offer_ledger.h"
#include "gateway/control/firmware/upload_check.h"

namespace earshot::gateway {
namespace {

const DeviceId kRolloutDevice = *DeviceId::parse("02:00:00:00:00:01");

DeviceId device(int number) {
  char mac[18];
  std::snprintf(mac, sizeof mac, "02:00:00:00:%02x:%02x", number / 256, number % 256);
  return *DeviceId::parse(mac);
}

store::FirmwareImage image(const std::string& id, const std::string& version, int percentage = 100) {
  store::FirmwareImage made;
  made.id = id;
  made.board = "box";
  made.version = version;
  made.enabled = true;
  made.percentage = percentage;
  return made;
}

std::string chosen(const std::vector<store::FirmwareImage>& images, const std::string& version,
                   const std::string& board = "box", bool auto_update = true) {
  const auto* image = choose_image(
      images, {.device = kRolloutDevice, .board = board, .version = version, .auto_update = auto_update});
  return image == nullptr ? "" : image->id;
}

TEST(RolloutTest, VersionsCompareAsTheFirmwareDoes) {
  EXPECT_TRUE(is_newer("2.10.0", "2.9.9"));
  EXPECT_TRUE(is_newer("2.4.2.1", "2.4.2"));
  EXPECT_FALSE(is_newer("2.4.2", "2.4.2"));
  EXPECT_FALSE(is_newer("2.4", "2.4.0")) << "of two that begin alike the longer one is newer";
  for (const char* bad : {"", "v2", "1..2", "1.", "latest", "1.2-rc", "9999999999"}) {
    EXPECT_FALSE(is_newer(bad, "1.0")) << bad;
    EXPECT_FALSE(is_newer("9.0", bad)) << bad;
  }
}

TEST(RolloutTest, TheNewestImageOfTheBoardIsOfferedToOlderVersionsOnly) {
  const std::vector<store::FirmwareImage> images{image("a", "2.5.0"), image("b", "2.6.0"),
                                                 image("c", "2.4.0")};
  EXPECT_EQ(chosen(images, "2.4.2"), "b");
  EXPECT_EQ(chosen(images, "2.6.0"), "");
  EXPECT_EQ(chosen(images, "2.7.0"), "");
  EXPECT_EQ(chosen(images, "2.4.2", "other"), "");
  EXPECT_EQ(chosen(images, "2.4.2", "box", false), "") << "its owner does not want updates";
  EXPECT_EQ(chosen(images, ""), "") << "nobody knows what it runs";
}

TEST(RolloutTest, DisabledImagesAndThoseAboveTheFloorAreLeftOut) {
  auto floor = image("a", "2.6.0");
  floor.minimum_version = "2.5.0";
  EXPECT_EQ(chosen({floor}, "2.4.9"), "");
  EXPECT_EQ(chosen({floor}, "2.5.0"), "a");
  floor.enabled = false;
  EXPECT_EQ(chosen({floor}, "2.5.0"), "");
}

TEST(RolloutTest, APercentageIsKeptAndRaisingItOnlyAddsDevices) {
  int ten = 0;
  for (int i = 0; i < 2000; ++i) {
    const int bucket = rollout_bucket(device(i), "image");
    ASSERT_GE(bucket, 0);
    ASSERT_LT(bucket, 100);
    EXPECT_EQ(bucket, rollout_bucket(device(i), "image"));
    ten += bucket < 10 ? 1 : 0;
  }
  EXPECT_NEAR(ten, 200, 60);  // more than 4 standard deviations
  EXPECT_EQ(chosen({image("a", "2.6.0", 0)}, "2.4.2"), "");
  const int mine = rollout_bucket(kRolloutDevice, "a");
  EXPECT_EQ(chosen({image("a", "2.6.0", mine)}, "2.4.2"), "");
  EXPECT_EQ(chosen({image("a", "2.6.0", mine + 1)}, "2.4.2"), "a");
}

TEST(RolloutTest, AForcedImageTakesABadReleaseBackWithoutABootLoop) {
  auto old = image("old", "2.4.2");
  old.force = true;
  const std::vector<store::FirmwareImage> images{image("bad", "2.6.0"), old};
  EXPECT_EQ(chosen(images, "2.6.0"), "old");
  EXPECT_EQ(chosen(images, "2.4.2"), "") << "neither itself again, nor the release that it was forced from";
}

TEST(OfferLedgerTest, SuccessAndFailureAreSeenAtTheNextBoot) {
  OfferLedger ledger;
  EXPECT_FALSE(ledger.booted(kRolloutDevice, "2.4.2"));
  ledger.offered(kRolloutDevice, "a", "2.6.0");
  EXPECT_FALSE(ledger.booted(kRolloutDevice, "2.4.2")) << "it did not download";
  ledger.downloading(kRolloutDevice, "a");
  EXPECT_FALSE(ledger.booted(kRolloutDevice, "2.4.2")->installed);
  ledger.downloading(kRolloutDevice, "a");
  EXPECT_TRUE(ledger.booted(kRolloutDevice, "2.6.0")->installed);
  EXPECT_EQ(ledger.size(), 0U);
}

TEST(OfferLedgerTest, AnImageThatRollsBackIsNotOfferedForEver) {
  OfferLedger ledger;
  for (int i = 0; i < OfferLedger::kMaxTries; ++i) {
    EXPECT_TRUE(ledger.may_offer(kRolloutDevice, "a"));
    ledger.offered(kRolloutDevice, "a", "2.6.0");
    ledger.downloading(kRolloutDevice, "a");
    (void)ledger.booted(kRolloutDevice, "2.4.2");
  }
  EXPECT_FALSE(ledger.may_offer(kRolloutDevice, "a"));
  EXPECT_TRUE(ledger.may_offer(kRolloutDevice, "b"));
  ledger.forget_image("a");
  EXPECT_TRUE(ledger.may_offer(kRolloutDevice, "a"));
}

TEST(OfferLedgerTest, IsBounded) {
  OfferLedger ledger;
  for (std::size_t i = 0; i < OfferLedger::kMaxDevices + 100; ++i) {
    char mac[18];
    std::snprintf(mac, sizeof mac, "02:00:00:%02x:%02x:%02x", static_cast<unsigned>(i >> 16),
                  static_cast<unsigned>(i >> 8 & 0xff), static_cast<unsigned>(i & 0xff));
    ledger.offered(*DeviceId::parse(mac), "a", "1");
  }
  EXPECT_EQ(ledger.size(), OfferLedger::kMaxDevices);
}

TEST(DownloadLinkTest, IsGoodForOneDeviceOneImageAndOneHour) {
  const DownloadLink link(Secret("device key"));
  const std::chrono::system_clock::time_point now{std::chrono::seconds(1'790'000'000)};
  const std::string path = link.path("0011223344556677", kRolloutDevice, now);
  EXPECT_TRUE(path.starts_with("/xiaozhi/firmware/0011223344556677/02_00_00_00_00_01/1790003600/")) << path;
  const std::string signature = path.substr(path.rfind('/') + 1);
  const auto check = [&](const char* image, const char* device, const char* expires,
                         const std::string& signed_by, std::chrono::seconds later) {
    return link.check(image, device, expires, signed_by, now + later);
  };
  const std::chrono::seconds soon(3599);
  EXPECT_EQ(check("0011223344556677", "02_00_00_00_00_01", "1790003600", signature, soon),
            DownloadLink::Verdict::kGood);
  EXPECT_EQ(
      check("0011223344556677", "02_00_00_00_00_01", "1790003600", signature, std::chrono::seconds(3600)),
      DownloadLink::Verdict::kExpired);
  EXPECT_EQ(check("0011223344556678", "02_00_00_00_00_01", "1790003600", signature, soon),
            DownloadLink::Verdict::kForged);
  EXPECT_EQ(check("0011223344556677", "02_00_00_00_00_02", "1790003600", signature, soon),
            DownloadLink::Verdict::kForged);
  EXPECT_EQ(check("0011223344556677", "02_00_00_00_00_01", "1990003600", signature, soon),
            DownloadLink::Verdict::kForged);
  EXPECT_EQ(check("../../secrets", "02_00_00_00_00_01", "1790003600", "x.bin", soon),
            DownloadLink::Verdict::kForged);
  EXPECT_EQ(check("", "", "", "", soon), DownloadLink::Verdict::kForged);
  EXPECT_EQ(DownloadLink(Secret("other"))
                .check("0011223344556677", "02_00_00_00_00_01", "1790003600", signature, now),
            DownloadLink::Verdict::kForged);
}

TEST(UploadCheckTest, RefusesWhatNoDeviceCouldInstall) {
  const UploadStart good{.board = "box",
                         .version = "2.5.0",
                         .size_bytes = 2048,
                         .sha256 = std::string(64, 'a'),
                         .file_name = "x.bin"};
  EXPECT_TRUE(check_upload(good).ok());
  const auto with = [&](auto change) {
    UploadStart start = good;
    change(start);
    return check_upload(start).ok();
  };
  EXPECT_FALSE(with([](UploadStart& s) { s.version = "v2.5"; }));
  EXPECT_FALSE(with([](UploadStart& s) { s.board = "../etc"; }));
  EXPECT_FALSE(with([](UploadStart& s) { s.board = ""; }));
  EXPECT_FALSE(with([](UploadStart& s) { s.size_bytes = 0; }));
  EXPECT_FALSE(with([](UploadStart& s) { s.size_bytes = kMaxImageBytes + 1; }));
  EXPECT_FALSE(with([](UploadStart& s) { s.sha256 = "abc"; }));
}

TEST(UploadCheckTest, AChunkBeginsWhereTheLastOneEnded) {
  const UploadStart start{.board = "box", .version = "1", .size_bytes = 2048, .sha256 = "", .file_name = ""};
  const std::string image = "\xe9" + std::string(1023, 'x');
  EXPECT_EQ(check_chunk(start, 0, 0, image), ChunkVerdict::kGood);
  EXPECT_EQ(check_chunk(start, 1024, 1024, image), ChunkVerdict::kGood);
  EXPECT_EQ(check_chunk(start, 1024, 0, image), ChunkVerdict::kWrongOffset) << "overlap";
  EXPECT_EQ(check_chunk(start, 1024, 1500, image), ChunkVerdict::kWrongOffset) << "gap";
  EXPECT_EQ(check_chunk(start, 1024, 1024, std::string(1025, 'x')), ChunkVerdict::kTooMuch);
  EXPECT_EQ(check_chunk(start, 0, 0, ""), ChunkVerdict::kEmpty);
  EXPECT_EQ(check_chunk(start, 0, 0, "PK\x03\x04"), ChunkVerdict::kNotAnImage);
}

}  // namespace
}  // namespace earshot::gateway
