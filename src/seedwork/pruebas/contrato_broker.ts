import { describe } from 'node:test'
import { contratoDeApartados, contratoDeReintento } from './contrato_broker/apartados.ts'
import { type AbrirBanco, pruebaCon } from './contrato_broker/banco.ts'
import { contratoDeAtrasos, contratoDeContinuidad } from './contrato_broker/continuidad.ts'
import { contratoDeAcuse, contratoDeReparto } from './contrato_broker/entrega.ts'
import { contratoDeLectura, contratoDePosicionPerdida } from './contrato_broker/lectura.ts'
import { contratoDeInicio, contratoDePublicacion } from './contrato_broker/publicacion.ts'
import { contratoDeIntentos, contratoDeRechazo } from './contrato_broker/rechazos.ts'
import { contratoDeTipos } from './contrato_broker/tipos.ts'

export type { AbrirBanco, Banco } from './contrato_broker/banco.ts'

const PARTES = {
  publicar: contratoDePublicacion,
  'dónde se empieza': contratoDeInicio,
  reparto: contratoDeReparto,
  acuse: contratoDeAcuse,
  tipos: contratoDeTipos,
  rechazo: contratoDeRechazo,
  intentos: contratoDeIntentos,
  apartados: contratoDeApartados,
  reintento: contratoDeReintento,
  leer: contratoDeLectura,
  'posición perdida': contratoDePosicionPerdida,
  continuidad: contratoDeContinuidad,
  atrasos: contratoDeAtrasos,
} as const

/**
 * Lo que todo adaptador del puerto del broker cumple (`infraestructura/broker/puerto.ts`). `abrir` da un broker sobre datos propios, con
 * un almacén que sabe deshacer; cada prueba abre el suyo y usa tópicos nuevos.
 */
export const contratoDeBroker = (nombre: string, abrir: AbrirBanco): void => {
  const prueba = pruebaCon(abrir)
  for (const [parte, declarar] of Object.entries(PARTES)) describe(`contrato del broker ${nombre}: ${parte}`, () => declarar(prueba))
}
