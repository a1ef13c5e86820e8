import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crearApi } from 'aeroalpes-api/api/servidor.ts'
import type { ModoDeAerolinea } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { crearProceso, type Proceso } from 'aeroalpes-api/proceso.ts'
import { componer, migraciones, type Sistema, topicos } from 'aeroalpes-api/sistema.ts'
import type { Rol } from 'seedwork/aplicacion/actor.ts'
import { abrirAlmacen } from 'seedwork/infraestructura/almacen/elegir.ts'
import type { Almacen } from 'seedwork/infraestructura/almacen/puerto.ts'
import { elegirEmbebido } from 'seedwork/infraestructura/broker/elegir.ts'
import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import { bitacoraEnMemoria, type Linea } from 'seedwork/presentacion/servidor_de_prueba.ts'
import { nuevaBase } from 'seedwork/pruebas/postgres.ts'
import { type Cliente, crearCliente } from './cliente.ts'

export const CLAVE = Buffer.alloc(32, 7)
const CREDENCIAL_MS = 3_600_000

/** La API de verdad, escuchando en un puerto libre, con su almacén y su broker en una carpeta que se borra al cerrar. */
export type Api = Readonly<{
  url: string
  carpeta: string
  /** `sqlite` o la dirección de su base. */
  base: string
  sistema: Sistema
  lineas: readonly Linea[]
  invitado: Cliente
  operador: Cliente
  /** Quien firma como `id`: cada prueba usa los suyos, así no se ven unas a otras. */
  como: (id: string, rol?: Rol) => Cliente
  cerrar: () => Promise<void>
}>

type Opciones = Readonly<{ entorno?: Entorno; listaAbierta?: boolean; aerolinea?: ModoDeAerolinea }>

/** Como en `npm start`: la composición del proceso, entera. */
export const abrirApi = ({ entorno = entornoReal, listaAbierta = false, aerolinea = 'acepta' }: Opciones = {}): Promise<Api> =>
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
  const como = (id: string, rol: Rol = 'viajero') => crearCliente(url, firmarActor(CLAVE, { id, rol }, Date.now() + CREDENCIAL_MS))
  return {
    url,
    carpeta,
    base,
    sistema,
    lineas,
    invitado: crearCliente(url),
    operador: como('operador-1', 'operador'),
    como,
    cerrar: async () => {
      await detener()
      rmSync(carpeta, { recursive: true })
      await postgres?.borrar()
    },
  }
}
