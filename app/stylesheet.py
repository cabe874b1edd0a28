"""The Qt style sheet, with the theme's colours as ``$names``. Measures keep to an 8 px grid."""

from __future__ import annotations

from string import Template
from typing import Final

STYLE_SHEET: Final = Template("""
QMainWindow, QDialog { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 8px; }

QMenuBar { background: $window; padding: 2px 8px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $raised; }
QMenu { background: $surface; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $raised; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }

QToolButton, QPushButton {
    background: transparent; border: 1px solid transparent; border-radius: 6px;
    padding: 5px 8px; color: $text;
}
QPushButton { background: $surface; border-color: $border; padding: 6px 16px; min-height: 18px; }
QToolButton:hover, QPushButton:hover { background: $raised; }
QToolButton:pressed, QPushButton:pressed { background: $border; }
QToolButton:checked { background: $raised; color: $accent; }
QToolButton:focus, QPushButton:focus { border-color: $accent; }
QToolButton:disabled, QPushButton:disabled { color: $faint; }
QToolButton::menu-indicator { image: none; }
QToolButton[framed="true"] { background: $surface; border-color: $border; }
QToolButton[framed="true"]:hover { background: $raised; }
QPushButton[primary="true"], QToolButton[primary="true"] {
    background: $accent; color: $on_accent; border-color: $accent; font-weight: 600;
}
QPushButton[primary="true"]:hover, QToolButton[primary="true"]:hover { border-color: $text; }
QPushButton[primary="true"]:disabled { background: $raised; color: $faint; border-color: $border; }

QComboBox, QLineEdit, QDoubleSpinBox, QSpinBox {
    background: $sunken; border: 1px solid $border; border-radius: 6px; padding: 4px 8px;
    min-height: 20px; selection-background-color: $accent; selection-color: $on_accent;
}
QComboBox:focus, QLineEdit:focus, QDoubleSpinBox:focus, QSpinBox:focus { border-color: $accent; }
QComboBox:hover { border-color: $faint; }
QComboBox:disabled, QLineEdit:disabled, QDoubleSpinBox:disabled, QSpinBox:disabled {
    color: $faint;
}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {
    subcontrol-origin: border; width: 20px; height: 14px; border: none;
}
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-position: top right; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-position: bottom right; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {
    image: url($pictures/chevron-up.svg); width: 10px; height: 10px;
}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {
    image: url($pictures/chevron.svg); width: 10px; height: 10px;
}
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url($pictures/chevron.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
    background: $surface; border: 1px solid $border; padding: 4px;
    selection-background-color: $raised; selection-color: $text; outline: none;
}

QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: $faint; }
QSlider::handle:horizontal {
    width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; background: $text;
}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { background: $accent; }
QSlider::handle:horizontal:disabled { background: $faint; }

QCheckBox, QRadioButton { spacing: 8px; }
QCheckBox::indicator, QListWidget::indicator, QTreeView::indicator {
    width: 14px; height: 14px; border: 1px solid $faint; border-radius: 4px; background: $sunken;
}
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked, QListWidget::indicator:checked, QTreeView::indicator:checked {
    background: $accent; border-color: $accent; image: url($pictures/tick.svg);
}
QCheckBox::indicator:disabled { border-color: $border; background: $raised; image: none; }
QCheckBox:disabled, QLabel:disabled { color: $faint; }
#rule { background: $border; border: none; }
QProgressBar {
    background: $border; border: none; border-radius: 3px; height: 6px; max-height: 6px;
}
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar::handle:vertical { background: $border; border-radius: 3px; min-height: 24px; }
QScrollBar::handle:vertical:hover { background: $faint; }
QScrollBar::handle:vertical:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QStatusBar { background: $window; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QStatusBar QLabel { padding: 0 8px; }
QMainWindow::separator { width: 4px; height: 4px; background: $window; }
QMainWindow::separator:hover { background: $accent; }
QDockWidget { border: none; }

#tile { background: $surface; border: 2px solid $border; border-radius: 6px; }
#tile:focus { border-color: $accent; }
#topBar { background: $window; border-bottom: 1px solid $border; }
#transport { background: $surface; border-top: 1px solid $border; }
#sidePanel { background: $window; }
#timelinePanel { background: $window; border-top: 1px solid $border; }
#timelinePanel QToolButton { padding: 3px 6px; }
#timelinePanel QLineEdit { padding: 1px 8px; }
#seekPreview { background: $raised; border: 1px solid $border; border-radius: 6px; }
#countDown { color: $accent; font-size: 26px; font-weight: 700; }
#palette { background: $surface; border: 1px solid $border; }
QListWidget { background: transparent; border: none; outline: none; }
QListWidget::item { border-radius: 4px; padding: 3px 8px; }
QListWidget::item:selected { background: $raised; color: $text; }
QTreeView, QTextBrowser {
    background: $sunken; border: 1px solid $border; border-radius: 6px; padding: 4px; outline: none;
}
QTreeView:focus, QTextBrowser:focus { border-color: $accent; }
QTreeView::item { padding: 3px 4px; min-height: 22px; }
QTreeView::item:selected { background: $raised; color: $text; }
QHeaderView { background: transparent; }
QHeaderView::section {
    background: transparent; border: none; border-bottom: 1px solid $border; color: $muted;
    padding: 4px 8px;
}
QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: $muted; border: none; border-bottom: 2px solid transparent;
    padding: 7px 16px;
}
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:focus { background: $raised; }
QListWidget[boxed="true"] {
    background: $sunken; border: 1px solid $border; border-radius: 6px; padding: 4px;
}
QListWidget[boxed="true"]:focus { border-color: $accent; }
QKeySequenceEdit QLineEdit { padding: 1px 8px; }
#sectionHeader {
    background: transparent; border: none; border-radius: 0; text-align: left;
    padding: 8px; font-weight: 600;
}
#sectionHeader:checked { color: $text; background: transparent; }
#sectionHeader:hover { background: $surface; }
#sourceTitle { font-weight: 600; }
QLabel[muted="true"] { color: $muted; }
QLabel[warn="true"] { color: $warn; font-weight: 600; }
QLabel[bad="true"] { color: $bad; font-weight: 600; }
QLabel[heading="true"] { font-size: 20px; font-weight: 600; }
QLabel[mono="true"] { color: $muted; }

QToolBar { border: none; padding: 0; spacing: 0; background: $window; }
#banner {
    margin: 8px 16px; background: $surface; border: 1px solid $bad; border-left: 4px solid $bad;
    border-radius: 6px;
}
#banner[level="warn"] { border-color: $warn; }
#banner[level="news"] { border-color: $accent; }
#dropTarget { background: $surface; border: 2px dashed $border; border-radius: 16px; }
#dropTarget[active="true"] { border-color: $accent; background: $raised; }
#recentRow { text-align: left; border: none; padding: 6px 8px; background: transparent; }
#recentRow:hover { background: $raised; }
""")
