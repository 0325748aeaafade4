#include "worker/providers/llm/wishes/place.h"

#include <algorithm>
#include <array>
#include <vector>

#include "worker/providers/llm/wishes/said_words.h"

namespace earshot::worker {

namespace {

// A country of one zone, or its capital's.
constexpr auto kPlaces = std::to_array<Place>({
    {"London", "伦敦", "Europe/London"},
    {"Britain", "英国", "Europe/London"},
    {"Dublin", "都柏林", "Europe/Dublin"},
    {"Lisbon", "里斯本", "Europe/Lisbon"},
    {"Paris", "巴黎", "Europe/Paris"},
    {"France", "法国", "Europe/Paris"},
    {"Berlin", "柏林", "Europe/Berlin"},
    {"Munich", "慕尼黑", "Europe/Berlin"},
    {"Germany", "德国", "Europe/Berlin"},
    {"Madrid", "马德里", "Europe/Madrid"},
    {"Spain", "西班牙", "Europe/Madrid"},
    {"Rome", "罗马", "Europe/Rome"},
    {"Italy", "意大利", "Europe/Rome"},
    {"Vienna", "维也纳", "Europe/Vienna"},
    {"Zurich", "苏黎世", "Europe/Zurich"},
    {"Amsterdam", "阿姆斯特丹", "Europe/Amsterdam"},
    {"Brussels", "布鲁塞尔", "Europe/Brussels"},
    {"Stockholm", "斯德哥尔摩", "Europe/Stockholm"},
    {"Oslo", "奥斯陆", "Europe/Oslo"},
    {"Copenhagen", "哥本哈根", "Europe/Copenhagen"},
    {"Helsinki", "赫尔辛基", "Europe/Helsinki"},
    {"Warsaw", "华沙", "Europe/Warsaw"},
    {"Prague", "布拉格", "Europe/Prague"},
    {"Athens", "雅典", "Europe/Athens"},
    {"Istanbul", "伊斯坦布尔", "Europe/Istanbul"},
    {"Kyiv", "基辅", "Europe/Kiev"},
    {"Moscow", "莫斯科", "Europe/Moscow"},
    {"Cairo", "开罗", "Africa/Cairo"},
    {"Lagos", "拉各斯", "Africa/Lagos"},
    {"Nairobi", "内罗毕", "Africa/Nairobi"},
    {"Johannesburg", "约翰内斯堡", "Africa/Johannesburg"},
    {"Dubai", "迪拜", "Asia/Dubai"},
    {"Tehran", "德黑兰", "Asia/Tehran"},
    {"Karachi", "卡拉奇", "Asia/Karachi"},
    {"Mumbai", "孟买", "Asia/Kolkata"},
    {"Delhi", "德里", "Asia/Kolkata"},
    {"New Delhi", "新德里", "Asia/Kolkata"},
    {"India", "印度", "Asia/Kolkata"},
    {"Dhaka", "达卡", "Asia/Dhaka"},
    {"Bangkok", "曼谷", "Asia/Bangkok"},
    {"Thailand", "泰国", "Asia/Bangkok"},
    {"Jakarta", "雅加达", "Asia/Jakarta"},
    {"Hanoi", "河内", "Asia/Bangkok"},
    {"Singapore", "新加坡", "Asia/Singapore"},
    {"Kuala Lumpur", "吉隆坡", "Asia/Kuala_Lumpur"},
    {"Manila", "马尼拉", "Asia/Manila"},
    {"Hong Kong", "香港", "Asia/Hong_Kong"},
    {"Taipei", "台北", "Asia/Taipei"},
    {"Beijing", "北京", "Asia/Shanghai"},
    {"Shanghai", "上海", "Asia/Shanghai"},
    {"Shenzhen", "深圳", "Asia/Shanghai"},
    {"China", "中国", "Asia/Shanghai"},
    {"Seoul", "首尔", "Asia/Seoul"},
    {"Korea", "韩国", "Asia/Seoul"},
    {"Tokyo", "东京", "Asia/Tokyo"},
    {"Osaka", "大阪", "Asia/Tokyo"},
    {"Japan", "日本", "Asia/Tokyo"},
    {"Perth", "珀斯", "Australia/Perth"},
    {"Sydney", "悉尼", "Australia/Sydney"},
    {"Melbourne", "墨尔本", "Australia/Melbourne"},
    {"Auckland", "奥克兰", "Pacific/Auckland"},
    {"New Zealand", "新西兰", "Pacific/Auckland"},
    {"Honolulu", "檀香山", "Pacific/Honolulu"},
    {"Los Angeles", "洛杉矶", "America/Los_Angeles"},
    {"San Francisco", "旧金山", "America/Los_Angeles"},
    {"Seattle", "西雅图", "America/Los_Angeles"},
    {"Denver", "丹佛", "America/Denver"},
    {"Chicago", "芝加哥", "America/Chicago"},
    {"Houston", "休斯敦", "America/Chicago"},
    {"New York", "纽约", "America/New_York"},
    {"Boston", "波士顿", "America/New_York"},
    {"Washington", "华盛顿", "America/New_York"},
    {"Toronto", "多伦多", "America/Toronto"},
    {"Vancouver", "温哥华", "America/Vancouver"},
    {"Mexico City", "墨西哥城", "America/Mexico_City"},
    {"Bogota", "波哥大", "America/Bogota"},
    {"Lima", "利马", "America/Lima"},
    {"Sao Paulo", "圣保罗", "America/Sao_Paulo"},
    {"Buenos Aires", "布宜诺斯艾利斯", "America/Argentina/Buenos_Aires"},
});

struct PlaceWords {
  const Place* place;
  std::vector<std::string> words;
};

std::vector<PlaceWords> all_place_names() {
  std::vector<PlaceWords> names;
  for (const Place& place : kPlaces) {
    names.push_back({&place, said_words(place.english).words});
    names.push_back({&place, said_words(place.chinese).words});
  }
  return names;
}

}  // namespace

const Place* find_place(std::span<const std::string> words) {
  static const std::vector<PlaceWords> kNames = all_place_names();
  const auto found = std::ranges::find_if(
      kNames, [&](const PlaceWords& name) { return std::ranges::equal(name.words, words); });
  return found == kNames.end() ? nullptr : found->place;
}

}  // namespace earshot::worker
