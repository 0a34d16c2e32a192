/** The component: one player for each place on the page; it is mounted again whenever its film changes. */

import { mounted } from "../../base/js/page/mount.js";
import { Player } from "./player.js";

export default mounted({
  trigger: "picked",
  make: ({ data, parentElement }, post) => {
    const player = new Player(parentElement, post);
    player.show(data);
    return player;
  },
  again: (player, { data }) => void player.show(data),
  stop: (player) => player.stop(),
});
