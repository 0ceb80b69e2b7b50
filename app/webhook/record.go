package webhook

import (
	"context"
	"time"

	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/store"
)

// purgeTimeout bounds the deletion of what is kept outside the database.
const purgeTimeout = 10 * time.Minute

// record stores the delivery and everything that its plan asks for, all or nothing.
func (h *Handler) record(ctx context.Context, name string, e event, todo plan) (status string, err error) {
	var purged []int64
	err = h.store.InTx(store.Urgent(ctx), func(ctx context.Context, tx store.Tx) error {
		status, purged = "queued", nil // it may run more than once
		accepted, err := h.store.AcceptDelivery(ctx, tx, e.delivery(name, todo.number))
		if err != nil {
			return err
		}
		if !accepted {
			status = "known"
			return nil
		}
		if err := h.remember(ctx, tx, e, todo); err != nil {
			return err
		}
		if err := h.enqueue(ctx, tx, e.guid, todo); err != nil {
			return err
		}
		purged, err = h.forget(ctx, tx, todo)
		return err
	})
	if err != nil {
		return "", err
	}
	if len(purged) > 0 {
		h.purgeOutside(ctx, purged)
	}
	return status, nil
}

func (e event) delivery(name string, number int) store.Delivery {
	d := store.Delivery{GUID: e.guid, Event: name, Action: e.Action, InstallationID: e.installationID, Number: number}
	if e.Repository != nil {
		d.RepositoryID = e.Repository.ID
	}
	return d
}

// remember stores what the event tells. A pull request is only superseded by an event that is not late.
func (h *Handler) remember(ctx context.Context, tx store.Tx, e event, todo plan) error {
	if todo.installed != nil {
		if err := h.store.SaveInstallation(ctx, tx, *todo.installed); err != nil {
			return err
		}
	}
	repositories := todo.repositories
	if e.Repository != nil {
		repositories = append(repositories, store.Repository{
			ID: e.Repository.ID, InstallationID: e.installationID, Owner: e.Repository.Owner.Login, Name: e.Repository.Name,
			DefaultBranch: e.Repository.DefaultBranch, Private: e.Repository.Private,
		})
	}
	for _, r := range repositories {
		if err := h.store.SaveRepository(ctx, tx, r); err != nil {
			return err
		}
	}
	if todo.group != nil {
		if err := h.store.SaveMergeGroup(ctx, tx, *todo.group); err != nil {
			return err
		}
	}
	if todo.pull == nil {
		return nil
	}
	current, err := h.store.SavePull(ctx, tx, *todo.pull)
	if err == nil && current && todo.supersede {
		err = h.supersede(ctx, tx, e, *todo.pull)
	}
	return err
}

// supersede cancels the reviews of older heads, and has the checks that they began concluded.
func (h *Handler) supersede(ctx context.Context, tx store.Tx, e event, pull store.Pull) error {
	heads, err := h.queue.CancelOlder(ctx, tx, pull.RepositoryID, pull.Number, pull.Head)
	if err != nil {
		return err
	}
	for _, head := range heads {
		_, err := h.queue.EnqueueTx(ctx, tx, queue.Decide{
			InstallationID: e.installationID, RepositoryID: pull.RepositoryID,
			Owner: e.Repository.Owner.Login, Name: e.Repository.Name, Head: head,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (h *Handler) enqueue(ctx context.Context, tx store.Tx, guid string, todo plan) error {
	for _, job := range todo.jobs {
		id, err := h.queue.EnqueueTx(ctx, tx, job)
		if err != nil {
			return err
		}
		if err := h.store.LinkDelivery(ctx, tx, guid, id); err != nil {
			return err
		}
	}
	if len(todo.jobs) > 0 {
		return nil
	}
	return h.store.SettleDelivery(ctx, tx, guid)
}

// forget purges what the event removes, and returns the ids of the repositories.
func (h *Handler) forget(ctx context.Context, tx store.Tx, todo plan) ([]int64, error) {
	gone := todo.removed
	if todo.uninstalled != 0 {
		all, err := h.store.RepositoriesOf(ctx, tx, todo.uninstalled)
		if err != nil {
			return nil, err
		}
		gone = all
	}
	for _, id := range gone {
		if _, err := h.queue.CancelRepository(ctx, tx, id); err != nil {
			return nil, err
		}
		if err := h.store.PurgeRepository(ctx, tx, id); err != nil {
			return nil, err
		}
	}
	if todo.uninstalled != 0 {
		if _, err := h.store.PurgeInstallation(ctx, tx, todo.uninstalled); err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// purgeOutside deletes mirrors and the like, which may take longer than GitHub waits. What a crash leaves behind is
// known by not being among [store.Store.RepositoryIDs].
func (h *Handler) purgeOutside(ctx context.Context, ids []int64) {
	ctx = context.WithoutCancel(ctx)
	h.purges.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, purgeTimeout)
		defer cancel()
		if err := h.purge(ctx, ids); err != nil {
			h.log.Error("cannot delete what is kept of removed repositories", "repositories", ids, "error", err)
		}
	})
}
