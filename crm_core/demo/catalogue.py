"""What the demo company Norvolt sells and serves, who works there, and the words its people use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """A colleague who appears in the history; `id` is that of their account, if they have one."""

    name: str
    role: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """Something Norvolt sells. `faults` are (what the customer says, what it was), in English and Spanish."""

    name: str
    models: tuple[str, ...]
    price: tuple[int, int]
    faults: tuple[tuple[str, str, str, str], ...]


COMPANY = "Norvolt"
STAFF: tuple[DemoStaff, ...] = (
    DemoStaff("Ana Ruiz", "agent"),
    DemoStaff("Ben Carter", "agent"),
    DemoStaff("Carla Núñez", "engineer"),
    DemoStaff("Marta Gil", "agent"),
    DemoStaff("Li Na", "agent"),
    DemoStaff("Oleg Sidorov", "engineer"),
    DemoStaff("Paul Adler", "sales"),
    DemoStaff("Nuria Vidal", "sales"),
)
TICKET_CATEGORIES = ("fault", "installation", "delivery", "invoice", "warranty", "question", "complaint")
QUEUES = ("Service", "Sales")

PRODUCTS: tuple[Product, ...] = (
    Product(
        "Heat pump",
        ("AeroTherm 6", "AeroTherm 9", "AeroTherm 12", "AeroTherm 16 Pro"),
        (5200, 14800),
        (
            ("No hot water since this morning", "No sale agua caliente desde esta mañana",
             "Three-way valve stuck; actuator replaced.", "Válvula de tres vías bloqueada; se cambia el actuador."),
            ("Outdoor unit ices up", "La unidad exterior se congela",
             "Defrost sensor reading 8 K too high; sensor replaced.", "La sonda de desescarche medía mal; cambiada."),
            ("Error E24 after a power cut", "Error E24 tras un corte de luz",
             "Flow switch reset; water pressure was 0.6 bar.", "Reinicio del flujostato; presión a 0,6 bar."),
            ("Loud humming at night", "Zumbido fuerte por la noche",
             "Loose fan guard; silent mode set from 22:00.", "Rejilla suelta; modo silencioso desde las 22:00."),
        ),
    ),
    Product(
        "Inverter",
        ("SunBridge 3", "SunBridge 5", "SunBridge 10 Hybrid"),
        (900, 3900),
        (
            ("Inverter shows isolation fault", "El inversor marca fallo de aislamiento",
             "Wet connector on string 2; connector replaced.", "Conector húmedo en la cadena 2; sustituido."),
            ("No data in the app for two days", "Sin datos en la app desde hace dos días",
             "Wi-Fi password had changed; stick paired again.", "Clave del wifi cambiada; emparejado de nuevo."),
            ("Output lower than last summer", "Produce menos que el verano pasado",
             "Firmware 4.2 limited export; updated to 4.3.", "El firmware 4.2 limitaba la salida; actualizado a 4.3."),
        ),
    ),
    Product(
        "Battery",
        ("PowerCell 5", "PowerCell 10", "PowerCell 15"),
        (2800, 8900),
        (
            ("Battery stops at 40 %", "La batería se queda en el 40 %",
             "Module 3 out of balance; balanced overnight.", "Módulo 3 desequilibrado; equilibrado esa noche."),
            ("Does not charge from the roof", "No carga desde el tejado",
             "CT clamp installed the wrong way round.", "Pinza amperimétrica montada al revés."),
        ),
    ),
    Product(
        "Wall box",
        ("ChargePoint Home 11", "ChargePoint Home 22"),
        (650, 1500),
        (
            ("Car does not start charging", "El coche no empieza a cargar",
             "Ground monitor too sensitive; setting corrected.", "Vigilancia de tierra demasiado sensible; ajustada."),
            ("RFID card is not accepted", "No acepta la tarjeta RFID",
             "Card list lost by update; cards taught again.", "La lista se perdió al actualizar; dadas de alta."),
        ),
    ),
    Product(
        "Thermostat",
        ("ClimaDial", "ClimaDial Duo"),
        (120, 280),
        (
            ("Thermostat loses the schedule", "El termostato pierde el horario",
             "Backup battery empty; replaced.", "Pila de respaldo agotada; sustituida."),
        ),
    ),
)  # fmt: skip

QUESTIONS: tuple[tuple[str, str], ...] = (
    ("Asked how to read the consumption curve in the app. Walked through it together.",
     "Pregunta cómo leer la curva de consumo en la app. Lo vemos juntos paso a paso."),
    ("Wants to know whether the subsidy form needs the serial number. It does; sent by mail.",
     "Quiere saber si la solicitud de ayuda lleva número de serie. Sí; enviado por correo."),
    ("Moving house in spring: asked whether the battery can move along.",
     "Se muda en primavera: pregunta si puede llevarse la batería."),
    ("Invoice went to the old address. Corrected; copy sent.",
     "La factura fue a la dirección antigua. Corregida; copia enviada."),
    ("Asked for the yearly service. Prefers mornings, dog in the garden.",
     "Pide la revisión anual. Prefiere por la mañana, hay perro en el jardín."),
    ("Neighbour recommended us; wants the price of a second wall box.",
     "Nos recomienda un vecino; quiere precio de un segundo cargador."),
    ("Very happy with the installers. Will write a review.",
     "Muy contento con los instaladores. Escribirá una reseña."),
    ("Tariff changes at night: set charging from 01:00 to 06:00.",
     "Cambia la tarifa nocturna: se programa la carga de 01:00 a 06:00."),
)  # fmt: skip
CAMPAIGNS = ("Battery upgrade", "Yearly service reminder", "Solar spring", "Wall box for fleets")
MAILS = (
    ("Invoice sent", "Factura enviada"),
    ("Quote sent", "Presupuesto enviado"),
    ("Service report sent", "Parte de servicio enviado"),
    ("Installation date confirmed", "Fecha de instalación confirmada"),
)
DEPARTMENTS = (
    ("Purchasing", "Compras"), ("Maintenance", "Mantenimiento"), ("Accounts", "Contabilidad"),
    ("Management", "Dirección"),
)  # fmt: skip
