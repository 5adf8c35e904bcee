/**
 * Return the action of a method with its views named.
 *
 * A button's call names them on the server; a method that is called directly may return
 * only ``view_mode``, which the client can't open.
 */
export function withViews(action) {
    if (action.type !== "ir.actions.act_window" || action.views) {
        return action;
    }
    const modes = (action.view_mode || "list,form").split(",");
    return { ...action, views: modes.map((mode) => [false, mode.trim()]) };
}
