import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crearApi } from 'aeroalpes-api/api/servidor.ts'
import { crearProceso, type Proceso } from 'aeroalpes-api/proceso.ts'
import { componer, migraciones, topicos } from 'aeroalpes-api/sistema.ts'
import type { Rol } from 'seedwork/aplicacion/actor.ts'
import { abrirAlmacen } from 'seedwork/infraestructura/almacen/elegir.ts'
import type { Almacen } from 'seedwork/infraestructura/almacen/puerto.ts'
import { elegirEmbebido } from 'seedwork/infraestructura/broker/elegir.ts'
import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import { bitacoraEnMemoria } from 'seedwork/presentacion/servidor_de_prueba.ts'
import { nuevaBase } from 'seedwork/pruebas/postgres.ts'
import { publicadosEn } from './archivo.ts'
import { crearCliente } from './cliente.ts'
import { type Api, lugarElegido, type OpcionesDeApi } from './lugar.ts'

export type { Api, OpcionesDeApi } from './lugar.ts'

export const CLAVE = Buffer.alloc(32, 7)
const CREDENCIAL_MS = 3_600_000

/** Como en `npm start`, la composición del proceso entera; o la del lugar que se haya elegido (`lugar.ts`). */
export const abrirApi = (opciones: OpcionesDeApi = {}): Promise<Api> => lugarElegido()?.abrirApi(opciones) ?? enEsteProceso(opciones)

const enEsteProceso = ({ entorno = entornoReal, listaAbierta = false, aerolinea = 'acepta' }: OpcionesDeApi): Promise<Api> =>
  enCarpeta(({ carpeta, base, bitacora }) => crearProceso({ carpeta, base, entorno, bitacora, clave: CLAVE, listaAbierta, aerolinea }))

type Partes = Readonly<{
  entorno?: Entorno
  /** Lo que la prueba pone entre el almacén y los demás. */
  almacen?: (almacen: Almacen, carpeta: string) => Almacen
  /** Lo que la prueba pone entre el broker y los demás. */
  broker?: (broker: Broker) => Broker
  /** Corre antes de cerrar: suelta lo que la prueba haya retenido. */
  alCerrar?: () => void
}>

/** La misma API con sus partes a la vista, para las pruebas que ponen algo entre ellas. */
export const abrirApiPorPartes = ({ entorno = entornoReal, almacen: conAlmacen, broker: conBroker, alCerrar }: Partes): Promise<Api> =>
  enCarpeta(async ({ carpeta, base, bitacora }) => {
    const elegido = await elegirEmbebido(base)
    const abierto = await abrirAlmacen({ base, carpeta, entorno, migraciones: [...elegido.migraciones, ...migraciones] })
    const almacen = conAlmacen?.(abierto, carpeta) ?? abierto
    const { broker: embebido } = await elegido.abrir({ almacen, carpeta, entorno, esquemas: topicos, alFallar: () => {} })
    const sistema = await componer({
      almacen,
      broker: conBroker?.(embebido) ?? embebido,
      entorno,
      bitacora,
      clave: CLAVE,
      listaAbierta: false,
    })
    const api = await crearApi({ sistema, bitacora, clave: CLAVE })
    return {
      sistema,
      escuchar: ({ host, puerto }) => api.listen({ host, port: puerto }),
      detener: async () => {
        alCerrar?.()
        await api.close()
        await sistema.detener()
        await embebido.cerrar()
        await almacen.cerrar()
        if (almacen !== abierto) await abierto.cerrar()
      },
    }
  })

type Lugar = Readonly<{ carpeta: string; base: string; bitacora: ReturnType<typeof bitacoraEnMemoria>['bitacora'] }>

/** Las mismas pruebas corren sobre los dos almacenes: tests/en_postgres.test.ts lo pide así. */
const sobrePostgres = (): boolean => process.env.ALMACEN_DE_PRUEBA === 'postgres'

const enCarpeta = async (crear: (lugar: Lugar) => Promise<Omit<Proceso, 'registro'>>): Promise<Api> => {
  const postgres = sobrePostgres() ? await nuevaBase() : undefined
  const base = postgres?.direccion ?? 'sqlite'
  const carpeta = mkdtempSync(join(tmpdir(), 'api-'))
  const { bitacora, lineas } = bitacoraEnMemoria()
  const { sistema, escuchar, detener } = await crear({ carpeta, base, bitacora })
  const url = await escuchar({ host: '127.0.0.1', puerto: 0 })
  return {
    ...clientesDe(url),
    carpeta,
    base,
    publicados: (topico, llave) => publicadosEn({ carpeta, base }, topico, llave),
    conLog: true,
    sistema,
    lineas,
    cerrar: async () => {
      await detener()
      rmSync(carpeta, { recursive: true })
      await postgres?.borrar()
    },
  }
}

/** Quienes le piden a una API que firma con `CLAVE`. */
export const clientesDe = (url: string): Pick<Api, 'url' | 'invitado' | 'operador' | 'como'> => {
  const como = (id: string, rol: Rol = 'viajero') => crearCliente(url, firmarActor(CLAVE, { id, rol }, Date.now() + CREDENCIAL_MS))
  return { url, invitado: crearCliente(url), operador: como('operador-1', 'operador'), como }
}
