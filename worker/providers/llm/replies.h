// Everything that the embedded brain says, in each of its languages, with the face that goes with it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace earshot::worker {

enum class Reply {
  kVolumeIs,
  kVolumeSet,
  kVolumeAtMaximum,
  kVolumeAtMinimum,
  kMuted,
  kVolumeUnknown,
  kVolumeMissing,
  kBrightnessIs,
  kBrightnessSet,
  kBrightnessAtMaximum,
  kBrightnessAtMinimum,
  kBrightnessUnknown,
  kBrightnessMissing,
  kThemeDark,
  kThemeLight,
  kThemeRefused,
  kThemeMissing,
  kBatteryLevel,
  kBatteryCharging,
  kBatteryUnknown,
  kNetworkNamed,
  kNetworkUnnamed,
  kNetworkUnknown,
  kStatusMissing,
  kTime,
  kDate,
  kClockMissing,
  kGreeting,
  kThanks,
  kStop,
  kGoodbye,
  kGoodNight,
  kHelp,
  kHelpNothing,
  kToolFailed,
  kNotUnderstood,
  kCount
};

// `{}` in the text is replaced by `argument`. Any language but Chinese is answered in English.
std::string reply_text(Reply reply, std::string_view language, std::string_view argument = "");
std::string_view reply_emotion(Reply reply);  // one of the device's 21 names (device-protocol 6.2)

bool is_chinese_language(std::string_view language);  // "zh", "zh-CN", ...

// What this brain can do here, for kHelp.
enum class Ability {
  kVolume,
  kBrightness,
  kTheme,
  kStatus,
  kTime,
  kDate,
  kFigures,
  kReminders,
  kLists,
  kCount
};
std::string_view ability_text(Ability ability, std::string_view language);
std::string joined_list(const std::vector<std::string_view>& items, std::string_view language);

// hour 0..23, minute 0..59.
std::string time_text(int hour, int minute, std::string_view language);
// month 1..12, weekday 0 is Sunday.
std::string date_text(int year, int month, int day, int weekday, std::string_view language);

}  // namespace earshot::worker
