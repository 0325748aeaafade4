#include "gateway/control/devices/refusal_notice.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

using auth::AdmissionVerdict;

TEST(RefusalNoticeTest, SaysWhyInTheDevicesLanguage) {
  store::Device blocked;
  blocked.blocked = true;
  EXPECT_EQ(refusal_notice(AdmissionVerdict::kNotAdmitted, &blocked, "de-DE"), "Dieses Gerät ist gesperrt");
  EXPECT_EQ(refusal_notice(AdmissionVerdict::kUnknownDevice, nullptr, "zh-CN"), "设备未绑定，请重启");
  EXPECT_EQ(refusal_notice(AdmissionVerdict::kOtherClient, nullptr, "zh-TW"), "裝置未綁定，請重新啟動");
  EXPECT_EQ(refusal_notice(AdmissionVerdict::kOldCredentials, &blocked, "xx"),
            "Access was renewed: please restart");
  EXPECT_EQ(refusal_notice(AdmissionVerdict::kNotAdmitted, nullptr, ""), "Not bound: please restart");
}

}  // namespace
}  // namespace earshot::gateway
