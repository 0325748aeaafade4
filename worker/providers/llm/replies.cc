#include "worker/providers/llm/replies.h"

#include <algorithm>
#include <array>

namespace earshot::worker {

namespace {

struct ReplyRow {
  Reply reply{};
  std::string_view emotion;
  std::string_view english;
  std::string_view chinese;
};

constexpr auto kReplies = std::to_array<ReplyRow>({
    {Reply::kVolumeIs, "neutral", "The volume is at {} percent.", "现在音量是百分之{}。"},
    {Reply::kVolumeSet, "happy", "The volume is now {} percent.", "音量已调到百分之{}。"},
    {Reply::kVolumeAtMaximum, "neutral", "The volume is already at its maximum.", "音量已经最大了。"},
    {Reply::kVolumeAtMinimum, "neutral", "The volume is already at its minimum.", "音量已经最小了。"},
    {Reply::kMuted, "neutral", "The sound is off.", "已静音。"},
    {Reply::kVolumeUnknown, "confused", "I can not read the volume, but you can tell me a number.",
     "我读不到现在的音量，请告诉我一个数字。"},
    {Reply::kVolumeMissing, "sad", "Sorry, I can not change the volume of this device.",
     "抱歉，这个设备不能调节音量。"},
    {Reply::kBrightnessIs, "neutral", "The brightness is at {} percent.", "现在亮度是百分之{}。"},
    {Reply::kBrightnessSet, "happy", "The brightness is now {} percent.", "亮度已调到百分之{}。"},
    {Reply::kBrightnessAtMaximum, "neutral", "The screen is already as bright as it can be.",
     "亮度已经最高了。"},
    {Reply::kBrightnessAtMinimum, "neutral", "The screen is already as dark as it can be.",
     "亮度已经最低了。"},
    {Reply::kBrightnessUnknown, "confused", "I can not read the brightness, but you can tell me a number.",
     "我读不到现在的亮度，请告诉我一个数字。"},
    {Reply::kBrightnessMissing, "sad", "Sorry, I can not change the brightness of this device.",
     "抱歉，这个设备不能调节亮度。"},
    {Reply::kThemeDark, "cool", "The dark theme is on.", "已切换到深色主题。"},
    {Reply::kThemeLight, "happy", "The light theme is on.", "已切换到浅色主题。"},
    {Reply::kThemeRefused, "sad", "Sorry, this device does not have that theme.",
     "抱歉，这个设备没有这个主题。"},
    {Reply::kThemeMissing, "sad", "Sorry, I can not change the theme of this device.",
     "抱歉，这个设备不能切换主题。"},
    {Reply::kBatteryLevel, "neutral", "The battery is at {} percent.", "电量还有百分之{}。"},
    {Reply::kBatteryCharging, "happy", "The battery is at {} percent and charging.",
     "电量是百分之{}，正在充电。"},
    {Reply::kBatteryUnknown, "neutral", "This device tells me nothing about a battery.",
     "这个设备没有电池信息。"},
    {Reply::kNetworkNamed, "happy", "I am connected to {}.", "已连接到{}。"},
    {Reply::kNetworkUnnamed, "happy", "I am connected.", "网络已连接。"},
    {Reply::kNetworkUnknown, "neutral", "This device tells me nothing about its network.",
     "这个设备没有网络信息。"},
    {Reply::kStatusMissing, "sad", "Sorry, this device does not tell me its status.",
     "抱歉，我读不到这个设备的状态。"},
    {Reply::kTime, "neutral", "It is {}.", "现在是{}。"},
    {Reply::kDate, "neutral", "Today is {}.", "今天是{}。"},
    {Reply::kClockMissing, "sad", "Sorry, I have no clock here.", "抱歉，我这里没有时钟。"},
    {Reply::kGreeting, "happy", "Hello! How can I help you?", "你好！有什么可以帮你的吗？"},
    {Reply::kThanks, "happy", "You are welcome.", "不客气。"},
    {Reply::kStop, "neutral", "Okay.", "好的。"},
    {Reply::kGoodbye, "happy", "Good bye! Talk to you soon.", "再见，下次再聊！"},
    {Reply::kGoodNight, "sleepy", "Good night! Sleep well.", "晚安，做个好梦！"},
    {Reply::kHelp, "happy", "I can {}.", "我可以{}。"},
    {Reply::kHelpNothing, "neutral", "This device does not offer me anything to do yet.",
     "这个设备还没有我能做的事。"},
    {Reply::kToolFailed, "sad", "Sorry, the device did not do that.", "抱歉，设备没有完成这个操作。"},
    {Reply::kNotUnderstood, "confused", "Sorry, I did not understand that.", "抱歉，我没有听懂。"},
});
static_assert(kReplies.size() == static_cast<std::size_t>(Reply::kCount));

constexpr auto kMonths =
    std::to_array<std::string_view>({"January", "February", "March", "April", "May", "June", "July", "August",
                                     "September", "October", "November", "December"});
constexpr auto kWeekdays = std::to_array<std::string_view>(
    {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"});
constexpr auto kChineseWeekdays = std::to_array<std::string_view>({"日", "一", "二", "三", "四", "五", "六"});

struct AbilityRow {
  std::string_view english;
  std::string_view chinese;
};
constexpr auto kAbilities = std::to_array<AbilityRow>({
    {"change the volume", "调节音量"},
    {"change the brightness", "调节亮度"},
    {"switch the theme", "切换主题"},
    {"tell you about the battery and the network", "查询电量和网络"},
    {"tell the time", "报时"},
    {"tell the date", "告诉你日期"},
    {"do sums and convert units", "算数和换算单位"},
    {"set timers and reminders", "设计时和提醒"},
    {"keep lists", "记清单"},
});
static_assert(kAbilities.size() == static_cast<std::size_t>(Ability::kCount));

const ReplyRow& row(Reply reply) {
  return *std::ranges::find(kReplies, reply, &ReplyRow::reply);
}

}  // namespace

std::string reply_text(Reply reply, std::string_view language, std::string_view argument) {
  std::string text(is_chinese_language(language) ? row(reply).chinese : row(reply).english);
  if (const std::size_t place = text.find("{}"); place != std::string::npos) text.replace(place, 2, argument);
  return text;
}

std::string_view reply_emotion(Reply reply) {
  return row(reply).emotion;
}

bool is_chinese_language(std::string_view language) {
  return language == "zh" || language.starts_with("zh-") || language.starts_with("zh_");
}

std::string_view ability_text(Ability ability, std::string_view language) {
  const AbilityRow& found = kAbilities[static_cast<std::size_t>(ability)];
  return is_chinese_language(language) ? found.chinese : found.english;
}

std::string joined_list(const std::vector<std::string_view>& items, std::string_view language) {
  const bool chinese = is_chinese_language(language);
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0 && i + 1 == items.size()) {
      text += chinese ? "和" : " and ";
    } else if (i > 0) {
      text += chinese ? "、" : ", ";
    }
    text += items[i];
  }
  return text;
}

std::string time_text(int hour, int minute, std::string_view language) {
  const auto two_digits = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  if (is_chinese_language(language)) {
    return std::to_string(hour) + "点" + (minute == 0 ? "整" : std::to_string(minute) + "分");
  }
  const int hour12 = hour % 12 == 0 ? 12 : hour % 12;
  const std::string clock =
      minute == 0 ? std::to_string(hour12) + " o'clock" : std::to_string(hour12) + ":" + two_digits(minute);
  const std::string_view part = hour < 12   ? " in the morning"
                                : hour < 18 ? " in the afternoon"
                                            : " in the evening";
  return clock + std::string(part);
}

std::string date_text(int year, int month, int day, int weekday, std::string_view language) {
  const auto month_index = static_cast<std::size_t>(month - 1);
  const auto weekday_index = static_cast<std::size_t>(weekday);
  if (is_chinese_language(language)) {
    return std::to_string(year) + "年" + std::to_string(month) + "月" + std::to_string(day) + "日，星期" +
           std::string(kChineseWeekdays[weekday_index]);
  }
  return std::string(kWeekdays[weekday_index]) + ", " + std::string(kMonths[month_index]) + " " +
         std::to_string(day) + ", " + std::to_string(year);
}

}  // namespace earshot::worker
