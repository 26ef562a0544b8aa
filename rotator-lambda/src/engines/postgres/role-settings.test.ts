import { describe, expect, it } from "vitest";
import { type RoleSetting, type SettingChange, settingChanges } from "./role-settings.ts";

const setting = (name: string, value: string, database?: string): RoleSetting => ({ database, name, value });
const actsAs = setting("role", "app");

describe("settingChanges", () => {
  it.each<[string, readonly RoleSetting[], readonly RoleSetting[], readonly SettingChange[]]>([
    ["a new clone acts as the original", [], [], [actsAs]],
    ["a complete clone needs nothing", [setting("a", "1")], [actsAs, setting("a", "1")], []],
    ["a setting is added", [setting("a", "1")], [actsAs], [setting("a", "1")]],
    ["a setting is changed", [setting("a", "2")], [actsAs, setting("a", "1")], [setting("a", "2")]],
    ["a setting is removed", [], [actsAs, setting("a", "1")], [{ ...setting("a", ""), value: undefined }]],
    [
      "a setting for one database differs from one for all",
      [setting("a", "1", "db")],
      [actsAs, setting("a", "1")],
      [setting("a", "1", "db"), { ...setting("a", ""), value: undefined }],
    ],
    [
      "the clone of an original that acts as another user acts as that user too",
      [setting("role", "boss")],
      [],
      [setting("role", "boss")],
    ],
    [
      "in one database only, the clone acts as the original elsewhere",
      [setting("role", "boss", "db")],
      [],
      [setting("role", "boss", "db"), actsAs],
    ],
  ])("%s", (_, ofOriginal, ofClone, expected) => {
    expect(settingChanges("app", ofOriginal, ofClone)).toEqual(expected);
  });
});
