import { FileUploadListController } from "@account/views/file_upload_list/file_upload_list_controller";
import { FileUploadListRenderer } from "@account/views/file_upload_list/file_upload_list_renderer";
import { fileUploadListView } from "@account/views/file_upload_list/file_upload_list_view";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

export class BankFileListRenderer extends FileUploadListRenderer {
    setup() {
        super.setup();
        this.dropZoneTitle = _t("Drop the files of your bank here.");
    }
}

registry.category("views").add("debitor_bank_file_list", {
    ...fileUploadListView,
    Controller: FileUploadListController,
    Renderer: BankFileListRenderer,
    buttonTemplate: "debitor_camt.BankFileList.Buttons",
});
