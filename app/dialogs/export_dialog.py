"""placeholder"""
from PySide6.QtWidgets import QDialog
class ExportDialog(QDialog):
    def __init__(self, session, settings, language, parent=None):
        super().__init__(parent)
